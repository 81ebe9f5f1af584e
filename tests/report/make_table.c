/*
 * A table as libxlsxwriter writes it, for those who read such files:
 *   make_table FILE shared|inline [NUMBERS] < LINES
 * Lines have their cells between tabs; NUMBERS names the columns (E, or AE)
 * whose cells are numbers below the first line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xlsxwriter.h>

static void put(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col,
                const char *text, const char *numbers)
{
    if (row > 0 && text[0] != '\0' && strchr(numbers, 'A' + col) != NULL)
        worksheet_write_number(sheet, row, col, strtod(text, NULL), NULL);
    else if (text[0] != '\0')
        worksheet_write_string(sheet, row, col, text, NULL);
}

int main(int argc, char **argv)
{
    lxw_workbook_options o = { .constant_memory = LXW_FALSE };
    const char *numbers = argc > 3 ? argv[3] : "";
    lxw_workbook *book;
    lxw_worksheet *sheet;
    char line[4096];

    if (argc < 3) {
        fprintf(stderr, "usage: make_table FILE shared|inline [NUMBERS]\n");
        return 2;
    }
    if (strcmp(argv[2], "inline") == 0)
        o.constant_memory = LXW_TRUE;
    book = workbook_new_opt(argv[1], &o);
    sheet = workbook_add_worksheet(book, NULL);
    for (lxw_row_t row = 0; fgets(line, sizeof(line), stdin) != NULL; row++) {
        char *cell = line;

        line[strcspn(line, "\n")] = '\0';
        for (lxw_col_t col = 0; cell != NULL; col++) {
            char *tab = strchr(cell, '\t');

            if (tab != NULL)
                *tab++ = '\0';
            put(sheet, row, col, cell, numbers);
            cell = tab;
        }
    }
    return workbook_close(book) == LXW_NO_ERROR ? 0 : 1;
}
