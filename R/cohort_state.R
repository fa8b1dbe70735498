# What a cohort's directory remembers besides the store, in its folder cohort/:
#
#   arguments.tsv  the arguments that clusters depend on
#   files.tsv      the files that are in the store, a row for each
#   clusters.rds   the RepertoireClusters of the last finished run
#   staged-*.rds   what a worker has read of a file that is not in the store yet
#   drawn-*/       what workers have drawn of files for training
#   made           there where the directory itself was made for it
#   lock           held by the call that is at work
#
# The tables end with the MD5 of what stands before, and are written aside and
# renamed, so that one is there wholly or not at all.

cohort_path <- function(directory, name) file.path(directory, "cohort", name)

write_aside <- function(path, write) {
    aside <- tempfile(paste0(basename(path), "-"), dirname(path))
    done <- FALSE
    on.exit(if (!done) unlink(aside))
    write(aside)
    if (!file.rename(aside, path)) {
        raise_error("io", paste0("'", path, "' can't be written"))
    }
    done <- TRUE
    invisible(path)
}

write_checked <- function(table, path) {
    quoted <- lapply(table, function(text) {
        paste0("\"", gsub("\"", "\"\"", enc2utf8(text), fixed = TRUE), "\"")
    })
    lines <- c(paste0("\"", names(table), "\"", collapse = "\t"),
        if (nrow(table)) do.call(paste, c(unname(quoted), sep = "\t")))
    write_aside(path, function(aside) {
        # Bytes as they are: other locales than UTF-8 have not all letters.
        connection <- file(aside, "wb")
        on.exit(close(connection))
        writeLines(lines, connection, useBytes = TRUE)
        flush(connection)
        sum <- unname(tools::md5sum(aside))
        writeLines(paste("# md5", sum), connection)
    })
}

# Text columns; NULL where there is no file.
read_checked <- function(path) {
    if (!file.exists(path)) return(NULL)
    damaged <- function() {
        raise_error("damaged", paste0(
            "'", path, "' is damaged: its end does not match what stands ",
            "before. Remove the directory, or name another, to begin again"
        ))
    }
    bytes <- readBin(path, "raw", file.size(path))
    trailer <- 7L + 32L
    if (length(bytes) < trailer) damaged()
    text <- utils::head(bytes, -trailer)
    copy <- tempfile("clustcr-")
    on.exit(unlink(copy))
    writeBin(text, copy)
    end <- rawToChar(utils::tail(bytes, trailer))
    if (!identical(end, paste0("# md5 ", tools::md5sum(copy), "\n"))) damaged()
    utils::read.table(copy, header = TRUE, sep = "\t", quote = "\"",
        colClasses = "character", comment.char = "", encoding = "UTF-8",
        na.strings = character())
}

# Sizes and ends tell files apart that were changed; reading all of each would
# take as long as the first step again.
file_check <- function(path, ends = 2^20) {
    size <- file.size(path)
    connection <- file(path, "rb")
    on.exit(close(connection))
    bytes <- readBin(connection, "raw", ends)
    if (size > ends) {
        seek(connection, max(ends, size - ends))
        bytes <- c(bytes, readBin(connection, "raw", ends))
    }
    copy <- tempfile("clustcr-")
    on.exit(unlink(copy), add = TRUE)
    writeBin(bytes, copy)
    list(size = format(size, scientific = FALSE),
        check = unname(tools::md5sum(copy)))
}

no_files_in <- data.frame(
    repertoire_id = character(), file = character(), size = character(),
    check = character(), rows = character(), without_v_call = character(),
    store = character()
)

# Those of this store; a store that was made anew has none of them.
files_in_store <- function(directory, store_id) {
    table <- read_checked(cohort_path(directory, "files.tsv"))
    if (is.null(table)) return(no_files_in)
    table[table$store == store_id, , drop = FALSE]
}

# The table `inside` with a row more, or another in its place.
remember_file <- function(directory, inside, row) {
    inside <- inside[inside$store == row$store &
        inside$repertoire_id != row$repertoire_id, ]
    inside <- rbind(inside, as.data.frame(row)[names(no_files_in)])
    write_checked(inside, cohort_path(directory, "files.tsv"))
    inside
}

# Refuses arguments that differ from those of the call before.
check_arguments <- function(directory, arguments) {
    path <- cohort_path(directory, "arguments.tsv")
    now <- vapply(arguments, deparse1, "", control = c("keepNA", "digits17"))
    before <- read_checked(path)
    if (is.null(before)) {
        return(write_checked(
            data.frame(name = names(now), value = unname(now)), path
        ))
    }
    was <- stats::setNames(before$value, before$name)
    later <- c(header = "NULL", skip = "0")
    now <- c(now, later[setdiff(names(later), names(now))])
    was <- c(was, later[setdiff(names(later), names(was))])
    if (!setequal(names(was), names(now))) {
        raise_error("newer_format", paste0(
            "'", directory, "' was written by another version of clustcr, ",
            "with other arguments"
        ))
    }
    changed <- names(now)[was[names(now)] != now]
    if (length(changed)) {
        name <- changed[1L]
        bad_argument("`", name, "` must be ", was[[name]],
            ", as it was when '", directory, "' was begun, not ",
            now[[name]], "; name another `directory` for other clusters",
            if (name %in% open_fields) paste0(", or cluster what is read ",
                "again by Clustering(directory = , ", name, " = )"))
    }
    invisible(path)
}
