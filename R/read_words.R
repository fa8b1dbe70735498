# Words of files for yes and no, and for what they do not know.

# Words that programs write where they have no value.
no_value <- c(
    "", "NA", "None", "none", "null", "NULL", "nan", "NaN", "na", "N/A",
    "n/a", ".", "-"
)

no_cdr3_words <- c(no_value, "region_not_covered")

# A spreadsheet writes TRUE and FALSE in the language of its user.
flag_words <- list(
    yes = c(
        "t", "true", "yes", "y", "1", "1.0", "in", "in-frame", "productive",
        "productive (see comment)", "wahr", "ja", "vrai", "oui", "vero",
        "verdadero", "verdadeiro", "waar", "sant", "prawda", "tak", "sand",
        "sann", "tosi", "igaz", "igen", "pravda", "ano", "si", "s\u00ed",
        "s\u00cd", "sim", "adev\u0103rat", "adev\u0102rat",
        "do\u011fru", "do\u011eru",
        "\u0438\u0441\u0442\u0438\u043d\u0430",
        "\u0418\u0421\u0422\u0418\u041d\u0410", "functional"
    ),
    no = c(
        "f", "false", "no", "n", "0", "0.0", "out", "stop", "unproductive",
        "unproductive (see comment)", "non-productive", "nonproductive",
        "not productive", "has stop", "out of frame", "out-of-frame",
        "out_of_frame", "falsch", "nein", "faux", "non", "falso", "onwaar",
        "falskt", "falsk", "usann", "fals", "fa\u0142sz", "fa\u0141sz", "nie",
        "ep\u00e4tosi", "ep\u00c4tosi", "hamis", "nem", "nepravda", "ne",
        "n\u00e3o", "n\u00c3o", "yanl\u0131\u015f", "yanli\u015e",
        "\u043b\u043e\u0436\u044c", "\u041b\u041e\u0416\u042c", "nonfunctional",
        "non-functional"
    )
)

# Texts without the words that programs write where they have no value.
without_words <- function(text) {
    text <- as.character(text)
    replace(text, text %in% no_value, "")
}

# Without blanks at the ends, also those that web pages and spreadsheets do not
# break at. trimws() takes a second for a million.
without_spaces <- function(text) {
    spaced <- which(startsWith(text, " ") | endsWith(text, " ") |
        startsWith(text, "\u00a0") | endsWith(text, "\u00a0"))
    if (length(spaced)) {
        text[spaced] <- trimws(text[spaced], whitespace = "[ \t\r\n\u00a0]")
    }
    text
}

# Of short texts, which may begin or end with tabs.
trimmed <- function(text) without_spaces(trimws(text))

is_no_cdr3 <- function(text) {
    is.na(text) | data.table::`%chin%`(without_spaces(text), no_cdr3_words)
}

# What a column's field says in a header again, as tables written behind each
# other have.
header_words <- function(layout, name) {
    own <- layout$header[layout$columns[[name]]]
    unique(c(own, small_letters(own), capitals(own)))
}

# Such fields are no CDR3s, even where blanks are kept.
without_headers <- function(text, words) {
    again <- data.table::`%chin%`(without_spaces(text), words)
    if (any(again)) text[again] <- "NA"
    text
}

# TRUE, FALSE, or NA where there is no value; refuse(word, row) is called for a
# word that is none of these.
as_flag <- function(text, refuse) {
    unknown <- NULL
    flags <- on_distinct(text, function(distinct) {
        word <- small_letters(trimmed(distinct))
        flag <- ifelse(word %in% flag_words$yes, TRUE,
            ifelse(word %in% flag_words$no, FALSE, NA))
        strange <- is.na(flag) & !is.na(word) &
            !word %in% small_letters(no_value)
        if (any(strange)) unknown <<- distinct[strange]
        flag
    })
    row <- if (length(unknown)) which(text %in% unknown)
    if (length(row)) refuse(as.character(text[row[1L]]), row[1L])
    flags
}

file_flag <- function(text, name, file, line_of) {
    as_flag(text, function(word, row) {
        raise_error("format", paste0(
            "`", name, "` of ", shown_file(file), " must say yes or no in ",
            "words that are known (true, false, T, F, 1, 0, ...), not ",
            given(word), " (line ", line_of(row), "). columns = c(", name,
            " = \"\") reads the file without this column"
        ))
    })
}
