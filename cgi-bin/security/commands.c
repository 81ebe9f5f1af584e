/*
 * Only an external system's commands are confirmed here, and none is connected
 * yet: the list is empty because it is, not because something was left out.
 */
#include "cgi-bin/security/commands.h"

enum err commands_list(struct req *r)
{
    return view_render(r, "security/commands.cst");
}
