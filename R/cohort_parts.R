# What a sheet says of the files of one repertoire. Its row has what the first
# file's had, so that two people under one name would be one, and what is said
# of the other would be gone.

person_columns <- paste0("^(subject|donor|patient|person|individual|",
    "participant)([._ ]?(id|name|no|number))?$")

# `parted`: names of repertoires of several rows of the sheet.
check_parts_agree <- function(sheet, parted) {
    columns <- setdiff(names(sheet), c("file", "repertoire_id"))
    own <- sheet[sheet$repertoire_id %in% parted, , drop = FALSE]
    values_of <- function(column, id) {
        values <- unique(own[[column]][own$repertoire_id == id])
        values[!is.na(values)]
    }
    differing <- lapply(stats::setNames(nm = columns), function(column) {
        parted[vapply(parted, function(id) {
            length(values_of(column, id)) > 1L
        }, NA)]
    })
    differing <- differing[lengths(differing) > 0L]
    example <- function(column) {
        id <- differing[[column]][1L]
        paste0(given(id), " (", name_some(id_text(values_of(column, id)), 3L),
            ")")
    }
    people <- grep(person_columns, small_letters(names(differing)))
    if (length(people)) {
        column <- names(differing)[people[1L]]
        bad_argument("each `repertoire_id` must be of one person; by `",
            column, "` ", example(column), " is of several. Rows of one ",
            "name are files of one repertoire: give each its own")
    }
    if (length(differing)) {
        inform("sheet", "Files of one repertoire differ in ", paste0(
            shown_names_each(names(differing)), ", as in ",
            vapply(names(differing), example, ""), collapse = "; "),
            ": what the first file has is taken.")
    }
}
