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
    first <- readLines(plain, n = 1L, warn = FALSE)
    if (length(first) == 0L) return(data.frame(junction_aa = character()))
    header <- strsplit(sub("\r$", "", first), "\t", fixed = TRUE)[[1L]]
    header <- gsub("^\"|\"$", "", header)
    if ("junction_aa" %in% header) return(read_airr(plain, header, file))
    if (length(header) > 1L) {
        raise_error("format", paste0(
            "'", file, "' must be an AIRR table with a column `junction_aa`, ",
            "or have one sequence a line; its first line has the columns ",
            paste0("`", header, "`", collapse = ", ")
        ))
    }
    read_lines(plain)
}

airr_columns <- c(
    "junction_aa", "v_call", "j_call", "duplicate_count", "repertoire_id",
    "sequence_id"
)

read_airr <- function(plain, header, file) {
    wanted <- intersect(airr_columns, header)
    text <- setdiff(wanted, "duplicate_count")
    # A short or long row stops fread with a warning only: an error here, for
    # what stands behind it would be lost without a word.
    table <- tryCatch(
        data.table::fread(
            plain, sep = "\t", header = TRUE, select = wanted, quote = "",
            na.strings = NULL, colClasses = list(character = text),
            encoding = "UTF-8", data.table = FALSE, showProgress = FALSE
        ),
        warning = function(w) {
            raise_error("format", paste0(
                "'", file, "' is no complete AIRR table: ", conditionMessage(w)
            ))
        }
    )
    count <- table[["duplicate_count"]]
    if (is.character(count)) {
        blank <- count %in% c("", "NA")
        number <- suppressWarnings(as.numeric(count))
        if (any(is.na(number) & !blank)) {
            raise_error("format", paste0(
                "`duplicate_count` of '", file, "' must hold numbers, not ",
                given(count[is.na(number) & !blank][1L])
            ))
        }
        table[["duplicate_count"]] <- number
    }
    table[wanted]
}

read_lines <- function(plain) {
    table <- data.table::fread(
        plain, sep = "\n", header = FALSE, quote = "", na.strings = NULL,
        colClasses = "character", encoding = "UTF-8", data.table = FALSE,
        blank.lines.skip = FALSE, strip.white = FALSE, showProgress = FALSE
    )
    lines <- sub("\r$", "", table[[1L]])
    # Some exports carry a title.
    if (length(lines) && tolower(lines[1L]) %in% c("cdr3", "cdr3aa",
        "junction_aa")) {
        lines <- lines[-1L]
    }
    data.frame(junction_aa = lines)
}

# The path of a plain copy; the file itself where it is plain. gzip's exit
# status tells a truncated file, which R's own connections read without a word.
decompressed <- function(file) {
    magic <- readBin(file, "raw", 2L)
    if (!identical(magic, as.raw(c(0x1f, 0x8b)))) return(file)
    plain <- tempfile("clustcr-", fileext = ".tsv")
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
