# Files that R keeps in a directory, as text that ends with the MD5 of what
# stands before: one is there wholly or not at all, and nothing that is read of
# it runs. Other text is data too, but of these a change is noticed.

trailer_bytes <- 7L + 32L

# Writes lines and their check in one step.
write_checked_lines <- function(lines, path) {
    write_checked_text(paste0(lines, "\n", collapse = ""), path)
}

write_checked_text <- function(text, path) {
    bytes <- charToRaw(text)
    bytes <- c(bytes, charToRaw(paste0("# md5 ", cpp_md5(bytes), "\n")))
    replace_file(path, bytes)
}

replace_file <- function(path, bytes) {
    in_folder(dirname(path), cpp_replace_file(path, bytes, is_durable(path)))
    invisible(path)
}

# A folder that goes in the middle of the work is not a matter of permissions.
in_folder <- function(folder, code) {
    tryCatch(code, clustcr_error_io = function(e) {
        if (dir.exists(folder)) stop(e)
        raise_error("gone", paste0("the folder '", folder, "' was removed ",
            "while it was worked in"))
    })
}

# A folder below one that is there.
make_folder <- function(path) {
    suppressWarnings(dir.create(path))
    if (dir.exists(path)) return(invisible(path))
    if (!dir.exists(dirname(path))) {
        raise_error("gone", paste0("the folder '", dirname(path),
            "' was removed while it was worked in"))
    }
    raise_error("io", paste0("the folder '", path, "' can't be made"))
}

damaged_file <- function(path, ...) {
    raise_error("damaged", paste0("'", path, "' is damaged: ", ...,
        ". Remove the directory, or name another, to begin again"))
}

# The lines before the check; NULL where there is no file.
read_checked_lines <- function(path) {
    kind <- cpp_file_kind(path)
    if (kind == "absent") return(NULL)
    if (kind != "file") {
        damaged_file(path, "it must be a file, not a ",
            if (kind == "other") "device" else kind)
    }
    bytes <- cpp_read_file(path)
    body <- utils::head(bytes, -trailer_bytes)
    end <- utils::tail(bytes, trailer_bytes)
    if (!identical(end, charToRaw(paste0("# md5 ", cpp_md5(body), "\n")))) {
        damaged_file(path, "its end does not match what stands before")
    }
    if (any(body == 0)) damaged_file(path, "it is no text")
    lines <- strsplit(rawToChar(body), "\n", fixed = TRUE,
        useBytes = TRUE)[[1L]]
    Encoding(lines) <- "UTF-8"
    lines
}

write_checked <- function(table, path) {
    write_checked_text(checked_text(table), path)
}

checked_text <- function(table) {
    paste0(paste0("\"", names(table), "\"", collapse = "\t"), "\n",
        rows_of_text(table))
}

# Columns of text as the lines of a table, or "" where they are empty.
rows_of_text <- function(columns) {
    quoted <- lapply(unname(columns), function(text) {
        paste0("\"", gsub("\"", "\"\"", enc2utf8(text), fixed = TRUE), "\"",
            recycle0 = TRUE)
    })
    paste0(do.call(paste, c(quoted, sep = "\t", recycle0 = TRUE)), "\n",
        recycle0 = TRUE, collapse = "")
}

# Text columns; NULL where there is no file.
read_checked <- function(path) {
    lines <- read_checked_lines(path)
    if (is.null(lines)) return(NULL)
    tryCatch(
        utils::read.table(text = lines, header = TRUE, sep = "\t",
            quote = "\"", colClasses = "character", comment.char = "",
            encoding = "UTF-8", na.strings = character()),
        error = function(e) damaged_file(path, "it is no table")
    )
}

# Sizes and ends tell files apart that were changed; reading all of each would
# take as long as the first step again.
file_check <- function(path, ends = 2^20) {
    size <- file.size(path)
    connection <- file(path, "rb")
    on.exit(close(connection))
    # No more than there is: readBin() makes room for all that it is asked for.
    bytes <- readBin(connection, "raw", min(size, ends))
    if (size > ends) {
        seek(connection, max(ends, size - ends))
        bytes <- c(bytes, readBin(connection, "raw", ends))
    }
    list(size = format(size, scientific = FALSE), check = cpp_md5(bytes))
}

# Whether a file is what a killed write_checked_lines() has left of one that
# begins with `beginning`, or a killed one of clustcr 0.2.0.
is_left_of <- function(path, name, beginning) {
    ending <- substring(basename(path), nchar(name) + 1L)
    if (!startsWith(basename(path), name) ||
        !grepl("^([.][0-9]+-[0-9]+-[0-9]+[.]part|-[0-9a-f]{6,})$", ending) ||
        cpp_file_kind(path) != "file") {
        return(FALSE)
    }
    wanted <- charToRaw(beginning)
    there <- readBin(path, "raw", length(wanted))
    identical(there, utils::head(wanted, length(there)))
}

# Folders under tempdir() are gone with the session: nothing there has to
# survive a power cut, so nothing waits for the disk.
is_durable <- function(directory) {
    !startsWith(
        normalizePath(directory, mustWork = FALSE),
        paste0(normalizePath(tempdir()), .Platform$file.sep)
    )
}

# What is not there is none.
is_link <- function(path) nzchar(Sys.readlink(path), keepNA = TRUE) %in% TRUE

# normalizePath() leaves what does not exist as it is: setwd() would move it.
absolute_path <- function(path, name) {
    path <- path.expand(check_string(path, name))
    if (!startsWith(path, "/")) path <- file.path(getwd(), path)
    parent <- dirname(path)
    if (dir.exists(path)) normalizePath(path)
    else if (!dir.exists(parent)) path
    else file.path(normalizePath(parent), basename(path))
}

remove_file_or_empty <- function(path) {
    if (dir.exists(path) && !is_link(path)) remove_if_empty(path)
    else unlink(path)
}

# file.remove() takes empty folders, and nothing that is in others.
remove_if_empty <- function(folder) {
    if (dir.exists(folder) &&
        !length(list.files(folder, all.files = TRUE, no.. = TRUE))) {
        suppressWarnings(file.remove(folder))
    }
}

# Stops where what a program or a writer said is of a full disk.
refuse_full_disk <- function(said, what) {
    words <- paste0("No space left on device|quota exceeded|disk full|",
        "File too large")
    if (!any(grepl(words, said, useBytes = TRUE))) return(invisible())
    raise_error("disk_full", paste0(what, " can't be written; is the disk ",
        "that tempdir() names, '", tempdir(), "', full?"))
}
