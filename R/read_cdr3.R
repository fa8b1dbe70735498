#' Read CDR3 sequences from a file
#'
#' Reads AIRR rearrangement tables (tab-separated, with a header that names
#' `junction_aa`) and plain text with one sequence a line. Files whose name
#' ends in `.gz` are decompressed; a damaged one is an error, never a shorter
#' result. Nothing is filtered: sequences that can't be clustered are counted
#' and reported by [Clustering]'s `batch_precluster`.
#'
#' @param file Path of the file.
#' @return A data.frame with a row for each line: `junction_aa` and, where the
#'     file has them, `v_call`, `j_call`, `duplicate_count`, `repertoire_id`
#'     and `sequence_id` (see the AIRR rearrangement schema). Empty fields of
#'     `junction_aa` are `""`.
#' @references Vander Heiden et al. (2018) Front Immunol 9:2206 (AIRR
#'     rearrangement schema).
#' @export
#' @examples
#' file <- tempfile(fileext = ".tsv")
#' writeLines(c("junction_aa\tv_call", "CASSLGQAYEQYF\tTRBV7-9*01"), file)
#' readCdr3(file)
readCdr3 <- function(file) {
    file <- check_string(file, "file")
    if (!file.exists(file) || dir.exists(file)) {
        raise_error("io", paste0("`file` must be a file; there is none at '",
            file, "'"))
    }
    plain <- decompressed(file)
    if (!identical(plain, file)) on.exit(unlink(plain))
    refuse_binary(plain, file)
    first <- readLines(plain, n = 1L, warn = FALSE)
    if (length(first) == 0L) return(data.frame(junction_aa = character()))
    # Bytes, for a first line that is no text must end in a typed error, and
    # not all locales know the byte order mark.
    mark <- rawToChar(as.raw(c(0xef, 0xbb, 0xbf)))
    first <- sub(paste0("^", mark), "", first, useBytes = TRUE)
    first <- sub("\r$", "", first, useBytes = TRUE)
    header <- strsplit(first, "\t", fixed = TRUE, useBytes = TRUE)[[1L]]
    quoted <- any(grepl("^\".*\"$", header, useBytes = TRUE))
    header <- gsub("^\"|\"$", "", header, useBytes = TRUE)
    if ("junction_aa" %in% header) {
        return(read_airr(plain, header, quoted, file))
    }
    if (length(header) > 1L) {
        raise_error("format", paste0(
            "'", file, "' must be an AIRR table with a column `junction_aa`, ",
            "or have one sequence a line; its first line has the columns ",
            paste0("`", encodeString(header), "`", collapse = ", ")
        ))
    }
    read_lines(plain, file)
}

airr_columns <- c(
    "junction_aa", "v_call", "j_call", "duplicate_count", "repertoire_id",
    "sequence_id"
)

read_airr <- function(plain, header, quoted, file) {
    wanted <- intersect(airr_columns, header)
    text <- setdiff(wanted, "duplicate_count")
    table <- strict_fread(
        file, plain, sep = "\t", header = TRUE, select = wanted,
        quote = if (quoted) "\"" else "", na.strings = NULL,
        colClasses = list(character = text), integer64 = "double"
    )
    if ("duplicate_count" %in% wanted) {
        table[["duplicate_count"]] <-
            count_column(table[["duplicate_count"]], file)
    }
    table[wanted]
}

# fread() stops at a short or long row with a warning only: an error here, for
# what stands behind it would be lost without a word. Warnings are collected,
# for leaving fread() at one makes the next call warn of this one.
strict_fread <- function(file, ...) {
    refuse <- function(problem) {
        raise_error("format", paste0(
            "'", file, "' can't be read as a table: ", problem
        ))
    }
    problems <- character()
    table <- withCallingHandlers(
        tryCatch(
            data.table::fread(
                ..., encoding = "UTF-8", data.table = FALSE,
                showProgress = FALSE
            ),
            error = function(e) refuse(conditionMessage(e))
        ),
        warning = function(w) {
            problems <<- c(problems, conditionMessage(w))
            tryInvokeRestart("muffleWarning")
        }
    )
    # A call before this one, interrupted by the user.
    of_another <- grepl("Previous fread() session", problems, fixed = TRUE,
        useBytes = TRUE)
    problems <- problems[!of_another]
    if (length(problems)) refuse(encodeString(problems[1L]))
    table
}

# Numbers; a column of blanks only is logical in R.
count_column <- function(count, file) {
    if (is.numeric(count)) return(count)
    count <- as.character(count)
    blank <- is.na(count) | count %in% c("", "NA")
    number <- suppressWarnings(as.numeric(count))
    if (any(is.na(number) & !blank)) {
        raise_error("format", paste0(
            "`duplicate_count` of '", file, "' must hold numbers, not ",
            given(count[is.na(number) & !blank][1L])
        ))
    }
    number
}

read_lines <- function(plain, file) {
    table <- strict_fread(
        file, plain, sep = "\n", header = FALSE, quote = "",
        na.strings = NULL, colClasses = "character",
        blank.lines.skip = FALSE, strip.white = FALSE
    )
    lines <- sub("\r$", "", table[[1L]], useBytes = TRUE)
    # fread() leaves out blank lines at the start.
    lines <- c(rep("", leading_blank_lines(plain)), lines)
    # A table that was written with quotes.
    lines <- sub("^\"(.*)\"$", "\\1", lines, useBytes = TRUE)
    # Some exports carry a title.
    if (length(lines) && tolower(lines[1L]) %in% c("cdr3", "cdr3aa",
        "junction_aa")) {
        lines <- lines[-1L]
    }
    data.frame(junction_aa = lines)
}

leading_blank_lines <- function(plain) {
    connection <- file(plain, "r")
    on.exit(close(connection))
    blank <- 0L
    while (length(line <- readLines(connection, 1L, warn = FALSE)) &&
        line %in% c("", "\r")) {
        blank <- blank + 1L
    }
    blank
}

# Text has no NUL bytes, but UTF-16 and other formats have; fread() would drop
# them without a word.
refuse_binary <- function(plain, file) {
    if (any(readBin(plain, "raw", 65536L) == 0L)) {
        raise_error("format", paste0(
            "'", file, "' must be text in UTF-8; it has NUL bytes, as binary ",
            "files and text in UTF-16 have"
        ))
    }
}

# The path of a plain copy; the file itself where it is plain. gzip's exit
# status tells a truncated file, which R's own connections read without a word.
decompressed <- function(file) {
    magic <- readBin(file, "raw", 2L)
    plain <- tempfile("clustcr-", fileext = ".tsv")
    if (!identical(magic, as.raw(c(0x1f, 0x8b)))) {
        # fread() goes by the name, and would ask for another package.
        if (!grepl("[.](gz|bz2)$", file, ignore.case = TRUE)) return(file)
        file.copy(file, plain)
        return(plain)
    }
    status <- suppressWarnings(system2(
        "gzip", c("-dc", "--", shQuote(path.expand(file))),
        stdout = plain, stderr = FALSE
    ))
    if (status != 0L) {
        unlink(plain)
        raise_error("format", paste0(
            "'", file, "' is no complete gzip file (gzip's status: ", status,
            ")"
        ))
    }
    plain
}
