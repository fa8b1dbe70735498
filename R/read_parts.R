# Files read a part at a time.

# Calls FUN with each part of a file, or with the whole where `chunk` is NULL;
# returns what the reader says of it. A part is a table, or with `held`
# rows that the core holds (R/read_in_core.R), where it can.
# With `reading$of` the rows of this repertoire only. Who takes parts `unseen`
# keeps nothing of them where a later one fails.
read_in_parts <- function(file, reading, chunk, FUN, held = FALSE,
                          unseen = FALSE, threads = 1L) {
    if (!is.null(reading$of)) {
        of <- reading$of
        reading$of <- NULL
        return(read_one_of_several(file, of, reading, chunk, FUN))
    }
    asked <- asked_reading(reading)
    reader <- open_reader(file, asked$format, asked$options, chunk, held,
        unseen, threads)
    on.exit(reader$close())
    while (!is.null(part <- reader$read())) {
        FUN(part)
        if (is_held(part)) cpp_rows_forget(part$pointer)
    }
    reader$said()
}

# Rows at a time; NULL for the whole file, which takes a few times its size in
# memory. Compressed text has about a fifth of its size.
cohort_chunk <- function(file, chunk_size, chain, memory_limit) {
    # The chains of a cell must come together.
    if (is_paired(chain)) return(NULL)
    if (!is.null(chunk_size)) return(chunk_size)
    packed <- grepl("[.](gz|bz2|xz|zst|zip)$", file, ignore.case = TRUE)
    size <- file.size(file) * if (packed) 5 else 1
    if (size > check_bytes(memory_limit, "memory_limit") / 8) 2.5e5
}
