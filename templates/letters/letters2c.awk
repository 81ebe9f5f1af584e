# Makes C of the letters: awk -f letters2c.awk mail/*.txt sms/*.txt
# CHANNEL/KIND.LANGUAGE.txt becomes a row of letter_templates (lib/letter).

function put_row() { if (began) printf "    \"\" },\n" }

BEGIN { print "#include \"lib/letter/letter.h\"\n\nconst struct letter_template letter_templates[] = {" }
FNR == 1 {
    put_row()
    began = 1
    n = split(FILENAME, path, "/")
    split(path[n], part, ".")
    printf "    { \"%s\", \"%s\", \"%s\",\n", path[n - 1], part[1], part[2]
}
{
    gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
    printf "    \"%s\\n\"\n", $0
}
END { put_row(); print "    { 0 },\n};" }
