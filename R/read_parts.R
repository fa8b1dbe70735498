# Files read a part at a time.

# Calls FUN with each part of a file, or with the whole where `chunk` is NULL;
# returns what the reader says of its columns.
# With `reading$of` the rows of this repertoire only.
read_in_parts <- function(file, reading, chunk, FUN) {
    if (!is.null(reading$of)) {
        of <- reading$of
        reading$of <- NULL
        return(read_one_of_several(file, of, reading, chunk, FUN))
    }
    arguments <- c(list(file), reading)
    if (!is.null(chunk)) {
        arguments$chunk_size <- chunk
        arguments$callback <- FUN
    }
    table <- NULL
    note <- note_of_reading(table <- do.call(readRepertoire, arguments))
    if (is.null(chunk)) FUN(table)
    note
}

# Rows at a time; NULL for the whole file, which takes a few times its size in
# memory. Compressed text has about a fifth of its size.
cohort_chunk <- function(file, chunk_size, chain, memory_limit) {
    # The chains of a cell must come together.
    if (is_paired(chain)) return(NULL)
    if (!is.null(chunk_size)) return(chunk_size)
    packed <- grepl("[.](gz|bz2|xz|zst|zip)$", file, ignore.case = TRUE)
    size <- file.size(file) * if (packed) 5 else 1
    if (size > check_bytes(memory_limit, "memory_limit") / 8) 1e6
}
