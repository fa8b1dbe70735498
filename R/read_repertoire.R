#' Read a repertoire from a file
#'
#' Reads what the programs of the field write, tells the format from the
#' header, and gives one table with AIRR's names. Rows that are no receptors
#' of those asked for are left out and counted by reason, never lost without a
#' word: a message says so, and the result carries the counts.
#'
#' @param file Path of a file: plain text or compressed by gzip, bzip2, xz,
#'     zstd or zip (what it is counts, not how it is called; other than gzip,
#'     the program of that name must be there). Line ends may be LF, CRLF or
#'     CR; a byte order mark is skipped. A named pipe or a process substitution
#'     is read once, to its end; one that nobody writes to for 10 seconds is
#'     `clustcr_error_io`. A compressed file of several members is read whole,
#'     and refused where anything else follows one.
#' @param format `"auto"` (by the header) or one of
#'     \describe{
#'     \item{`"airr"`}{AIRR rearrangements, of any program}
#'     \item{`"paired"`}{`junction_aa_alpha` and `junction_aa_beta` in a row, as
#'         [pairChains()] gives them}
#'     \item{`"10x"`, `"10x_consensus"`}{Cell Ranger's contig or consensus
#'         annotations}
#'     \item{`"adaptive"`, `"adaptive_v2"`}{immunoSEQ with `aminoAcid`, or with
#'         `amino_acid`}
#'     \item{`"mixcr"`}{`exportClones` of MiXCR 1 to 4}
#'     \item{`"vdjtools"`, `"trust4"`, `"immunarch"`}{tables of these}
#'     \item{`"bd"`, `"bd_cells"`}{BD Rhapsody, a chain or a cell a row}
#'     \item{`"vdjdb"`, `"vdjdb_full"`, `"mcpas"`, `"tcrdist"`}{databases and
#'         labelled sets}
#'     \item{`"pairs"`}{any other table with both chains in a row, such as
#'         `cdr3a`, `va`, `ja`, `cdr3b`, `vb`, `jb`}
#'     \item{`"giana"`}{CDR3, V gene and anything else, without a header}
#'     \item{`"table"`}{any table whose columns have usual names, such as `cdr3`
#'         and `v_gene`}
#'     \item{`"list"`}{one CDR3 a line and nothing else, with a title or
#'         without; a line with a tab, comma or semicolon is an error}
#'     }
#' @param columns Which columns to take, as in `c(junction_aa = "my_cdr3",
#'     v_call = "my_v")`: our names (those of the value below), and the file's.
#'     They go before those of the format; with `junction_aa` named any table
#'     is read. A number is the place of a column, `""` is none: the file is
#'     read without it. What is not named here is found by usual names
#'     (`TRBV_gene`, `Vbeta`, `umis`, ...), genes also by their values; a
#'     message says which column became what.
#' @param chain The same as `locus`, as [Clustering] takes it: a locus, a pair
#'     of them, or short `"A"`, `"B"`, `"G"`, `"D"`, `"AB"`, `"GD"`.
#' @param locus Loci to keep, such as `"TRB"`; `NULL` keeps all. The file's own
#'     column tells a row's locus; where it is empty, the J gene and then the V
#'     gene do (a V gene that serves TRA and TRD fits both). Rows that tell
#'     none are kept. Of tables with both chains in a row, one locus takes that
#'     chain, `NULL` the beta chain, and `c("TRA", "TRB")` both, in columns
#'     `junction_aa_alpha`, `junction_aa_beta`, `v_call_alpha` and so on.
#' @param productive Leave out rows that the file says are not productive
#'     (`productive`, `sequenceStatus`, `frame_type`). Rows that say nothing are
#'     kept, but for 10x, where an empty `productive` is not productive.
#'     Sequences are not judged here: those with stop codons or out of frame
#'     are counted when they are clustered.
#' @param cells_only Leave out rows of barcodes that the file says are no cells
#'     (`is_cell` of 10x, `Putative_Cell` of BD).
#' @param species For Adaptive's gene names: `"human"`, `"mouse"` or
#'     `"rhesus"`.
#' @param chunk_size Rows of the file to read at a time; `NULL` reads all at
#'     once. With it memory does not grow with the file. A compressed file is
#'     decompressed to [tempdir()] first.
#' @param header Whether the table has a line with names of columns. Default:
#'     found, also behind lines with titles and `sep=;`. Without a header CDR3s
#'     and genes are found by their values, and columns are called `V1`, `V2`,
#'     ... for `columns`.
#' @param skip Lines to skip at the beginning.
#' @param callback With `chunk_size`: a function that is called with each
#'     chunk's data.frame. Without it an iterator is returned.
#' @param repertoire_id The name of the file's repertoire, for the column of
#'     this name. `NULL`: what a column says (`repertoire_id`, or where that is
#'     blank or not there `sample_id`, `sample`, `sample_name`, `RunId` and the
#'     like), else the sample's folder of Cell Ranger (`<sample>/outs/`,
#'     `per_sample_outs/<sample>/vdj_t/`); without either there is no column.
#'     Runs number their cells anew: tables of several are bound with it, as in
#'     `do.call(rbind, Map(function(file, id) readRepertoire(file,
#'     repertoire_id = id), files, ids))`.
#' @return A data.frame with a row for each row kept: `junction_aa`, and, where
#'     the file has them, `v_call`, `j_call` (IMGT's names), `duplicate_count`
#'     (whole numbers, others rounded; UMIs or templates before reads),
#'     `repertoire_id`, `sequence_id`, `locus`, `productive` (logical) and
#'     `cell_id`. Empty genes are `""`. Its attribute `skipped` counts the rows
#'     left out:
#'     `malformed` (ends before the CDR3), `other_locus`, `non_productive`,
#'     `no_cell`, `no_cdr3`, each row by the first that holds; rows of the file
#'     are rows kept plus these. Its attribute `format` names the format. Rows
#'     that lack only fields behind the CDR3 are kept, with empty fields.
#'
#'     With `chunk_size`, a function that gives the next such data.frame, or
#'     `NULL` behind the last one; with `callback`, invisibly, a list with
#'     `rows` kept, `skipped` and `format`.
#'
#'     Names of genes become IMGT's whoever wrote them: `TCRBV07-09*01`
#'     (Adaptive; `species` tells of which animal's table), `TRAV29DV5` and
#'     `TRAV14D-3-DV8` (10x), `TRBV19:02` (McPAS-TCR), `hTRBV6-2`. Where a
#'     program could not choose it is a set: `TRBV12-3/4` and
#'     `TRBV12-3, TRBV12-4` are `"TRBV12-3,TRBV12-4"`, equal to the same set
#'     only. What is no name of a gene stays what it is.
#' @section Errors:
#' `clustcr_error_io` where there is no file or it can't be read, and
#' `clustcr_error_format` where it can't be read as a whole: an unknown header,
#' a row with more fields than the header, a quote that never closes, NUL
#' bytes, other encodings than UTF-8, a damaged archive. The message names file
#' and line.
#' @references Vander Heiden et al. (2018) Front Immunol 9:2206 (AIRR
#'     rearrangement schema).
#' @seealso [pairChains()] for the cells of single-cell files.
#' @export
#' @examples
#' file <- tempfile(fileext = ".csv")
#' writeLines(c(
#'     "barcode,contig_id,chain,v_gene,j_gene,productive,cdr3,umis",
#'     "AAAC-1,AAAC-1_1,TRB,TRBV7-9,TRBJ2-7,True,CASSLGQAYEQYF,12",
#'     "AAAC-1,AAAC-1_2,TRA,TRAV29DV5,TRAJ40,True,CAGGGSGTYKYIF,2",
#'     "AAAG-1,AAAG-1_1,TRB,None,TRBJ1-1,False,None,5"
#' ), file)
#' readRepertoire(file)
#' beta <- readRepertoire(file, chain = "B")
#' attr(beta, "skipped")
#'
#' # In chunks, for files beyond memory.
#' next_chunk <- readRepertoire(file, chunk_size = 2)
#' while (!is.null(chunk <- next_chunk())) print(nrow(chunk))
readRepertoire <- function(file, format = "auto", columns = NULL,
                           chain = NULL, locus = NULL, productive = TRUE,
                           cells_only = FALSE, species = "human",
                           chunk_size = NULL, callback = NULL,
                           repertoire_id = NULL, header = NULL, skip = 0) {
    options <- reading_options(
        columns, chain, locus, productive, cells_only, species, header, skip
    )
    if (!is.null(repertoire_id)) {
        options$repertoire_id <- check_string(repertoire_id, "repertoire_id")
    }
    check_choice(format, "format", format_choices())
    if (!is.null(chunk_size)) {
        chunk_size <- check_number(chunk_size, "chunk_size", 1, whole = TRUE)
    }
    if (!is.null(callback) && !is.function(callback)) {
        bad_argument("`callback` must be a function, not ", given(callback))
    }
    if (!is.null(callback) && is.null(chunk_size)) {
        bad_argument("`chunk_size` must be given with `callback`")
    }
    reader <- open_reader(file, format, options, chunk_size)
    if (is.null(chunk_size)) {
        on.exit(reader$close())
        table <- reader$read()
        reader$report()
        return(table)
    }
    if (is.null(callback)) return(chunk_iterator(reader))
    on.exit(reader$close())
    while (!is.null(chunk <- reader$read())) callback(chunk)
    reader$report()
    invisible(reader$totals()[c("rows", "skipped", "format")])
}

#' Read CDR3 sequences from a file
#'
#' The short form of [readRepertoire()]: the whole file, its format by the
#' header, productive rows of all loci. Of AIRR tables and plain lists rows
#' with an empty CDR3 are kept as they are, and counted when they are
#' clustered; those that have a word for nothing (`NA`, `None`) are left out.
#'
#' @param file Path of the file.
#' @return A data.frame as of [readRepertoire()]. Where no row was left out it
#'     has no attribute `skipped`.
#' @section Errors:
#' Those of [readRepertoire()].
#' @seealso [readRepertoire()]
#' @references Vander Heiden et al. (2018) Front Immunol 9:2206 (AIRR
#'     rearrangement schema).
#' @export
#' @examples
#' file <- tempfile(fileext = ".tsv")
#' writeLines(c("junction_aa\tv_call", "CASSLGQAYEQYF\tTRBV7-9*01"), file)
#' readCdr3(file)
readCdr3 <- function(file) {
    options <- reading_options()
    options$keep_missing <- TRUE
    reader <- open_reader(file, "auto", options, NULL)
    on.exit(reader$close())
    table <- reader$read()
    reader$report()
    if (sum(attr(table, "skipped")) == 0) attr(table, "skipped") <- NULL
    attr(table, "format") <- NULL
    table
}

reading_options <- function(columns = NULL, chain = NULL, locus = NULL,
                            productive = TRUE, cells_only = FALSE,
                            species = "human", header = NULL, skip = 0) {
    if (!is.null(chain)) {
        of_chain <- loci_of_chain(check_chain(chain))
        if (!is.null(locus) && !setequal(locus, of_chain)) {
            bad_argument("`locus` must be left out where `chain` is given, or ",
                "say the same (", deparse1(of_chain), "), not ",
                if (is.character(locus)) deparse1(locus) else given(locus))
        }
        locus <- of_chain
    }
    loci <- names(locus_names)
    if (!is.null(locus) && (!is.character(locus) || length(locus) == 0L ||
        !all(locus %in% loci))) {
        bad_argument(
            "`locus` must be NULL or of ",
            paste0("\"", loci, "\"", collapse = ", "), ", not ", given(locus)
        )
    }
    list(
        columns = check_asked_columns(columns), locus = locus,
        header = if (!is.null(header)) check_flag(header, "header"),
        skip = check_number(skip, "skip", 0, whole = TRUE),
        productive = check_flag(productive, "productive"),
        cells_only = check_flag(cells_only, "cells_only"),
        species = check_choice(species, "species",
            c("human", "mouse", "rhesus")),
        keep_missing = FALSE
    )
}

# A list of names, or places, of the file's columns.
check_asked_columns <- function(columns) {
    known <- c(our_columns, "is_cell", paired_columns)
    is_column <- function(x) {
        length(x) == 1L && !is.na(x) && (is.character(x) ||
            (is.numeric(x) && x >= 1 && x == floor(x)))
    }
    ok <- is.null(columns) || ((is.character(columns) || is.list(columns) ||
        is.numeric(columns)) && length(columns) && !is.null(names(columns)) &&
        all(names(columns) %in% known) && !anyDuplicated(names(columns)) &&
        all(vapply(columns, is_column, TRUE)))
    if (!ok) {
        bad_argument(
            "`columns` must name columns of the file by ours (",
            paste0("`", our_columns, "`", collapse = ", "),
            "), as in c(junction_aa = \"my_cdr3\"), not ",
            if (is.atomic(columns)) deparse1(columns) else given(columns)
        )
    }
    as.list(columns)
}

# A file under way: read() gives the next chunk or NULL, totals() what came
# of it so far, report() tells it, close() removes temporary files.
open_reader <- function(file, format, options, chunk_size) {
    file <- check_string(file, "file")
    source <- open_source(file)
    done <- FALSE
    on.exit(if (!done) close_source(source))
    layout <- find_layout(source, format, options)
    ready <- scan_source(
        source, layout, if (is.null(chunk_size)) 2^53 else chunk_size
    )
    # Of the copy of uneven rows too.
    source <- ready$source
    state <- new.env()
    state$rows <- state$rounded <- state$completed <- state$bare <- 0
    state$parts <- parts_of(ready$scan, chunk_size)
    state$next_part <- 1L
    state$skipped <- no_rows_skipped
    read <- function() {
        if (state$next_part > length(state$parts)) return(NULL)
        part <- state$parts[[state$next_part]]
        columns <- if (nzchar(layout$separator)) {
            read_table_part(ready, layout, part)
        } else {
            list(junction_aa = read_lines_part(ready, layout, state, part))
        }
        first <- if (is.null(part$first)) 0 else part$first
        found <- tidy_rows(columns, layout, options, file, function(row) {
            line_of(row + first, layout, ready$scan)
        })
        if (state$next_part == 1L) {
            found$skipped[["malformed"]] <- ready$scan$malformed[["rows"]]
        }
        state$next_part <- state$next_part + 1L
        state$rows <- state$rows + nrow(found$table)
        state$skipped <- state$skipped + found$skipped
        state$rounded <- state$rounded + found$rounded
        state$completed <- state$completed + found$completed
        state$bare <- state$bare + found$bare
        state$strange <- union(state$strange, found$strange)
        state$filled <- add_filled(state$filled, found$filled)
        structure(
            with_repertoire(found$table, options, file),
            skipped = found$skipped, format = layout$format,
            skipped_by = found$skipped_by
        )
    }
    close <- function() {
        if (!is.null(state$lines)) base::close(state$lines)
        state$lines <- NULL
        close_source(source)
    }
    totals <- function() {
        list(rows = state$rows, skipped = state$skipped,
            format = layout$format, rounded = state$rounded,
            completed = state$completed, bare = state$bare,
            strange = state$strange,
            filled = state$filled)
    }
    done <- TRUE
    list(
        read = read, close = close, totals = totals,
        report = function() {
            report_reading(file, layout, ready$scan, totals(), options)
        }
    )
}

# How many rows each column of the file gave, of all chunks.
add_filled <- function(before, more) {
    if (is.null(before)) return(more)
    Map(function(a, b) if (is.null(a)) b else a + b, before, more)
}

# A chunk's bytes and rows; the whole is one part without them.
parts_of <- function(scan, chunk_size) {
    if (is.null(chunk_size)) return(list(list(rows = scan$rows)))
    n <- max(1, ceiling(scan$rows / chunk_size))
    cuts <- scan$cuts
    lapply(seq_len(n), function(i) {
        first <- (i - 1) * chunk_size
        list(
            from = cuts[i], to = cuts[min(i + 1, length(cuts))],
            first = first, rows = min(chunk_size, scan$rows - first)
        )
    })
}

read_table_part <- function(ready, layout, part) {
    at <- layout$columns
    numbers <- unlist(at["duplicate_count"])
    # Of few values, and only looked at by on_distinct().
    few <- grep("^[vj]_call|^locus$|^productive$|^is_cell$", names(at))
    columns <- read_columns(
        ready, layout, unlist(at, use.names = FALSE), numbers,
        if (!is.null(part$from)) part,
        factors = if (is.null(layout$tidy)) unlist(at[few])
    )
    split(columns, factor(rep(names(at), lengths(at)), names(at)))
}

# Lists are read by readLines(), which knows all line ends.
read_lines_part <- function(ready, layout, state, part) {
    if (is.null(state$lines)) {
        state$lines <- file(ready$source$path, "rt", encoding = "native.enc")
        readLines(state$lines, layout$line - 1, warn = FALSE)
    }
    lines <- readLines(state$lines, part$rows, warn = FALSE,
        encoding = "UTF-8")
    if (length(lines) != part$rows) {
        raise_error("format", paste0(
            shown_file(ready$source$file), " can't be read: ", part$rows,
            " lines were counted and ", length(lines), " could be read"
        ))
    }
    if (layout$line == 1 && part$rows) {
        mark <- rawToChar(as.raw(c(0xef, 0xbb, 0xbf)))
        lines[1L] <- sub(paste0("^", mark), "", lines[1L], useBytes = TRUE)
    }
    # A column that was written with quotes.
    lines <- sub("^\"(.*)\"$", "\\1", lines, useBytes = TRUE)
    Encoding(lines) <- "UTF-8"
    list(lines)
}

chunk_iterator <- function(reader) {
    state <- new.env()
    state$open <- TRUE
    finish <- function(...) {
        if (state$open) reader$close()
        state$open <- FALSE
    }
    # One that is not read to its end leaves no files either.
    reg.finalizer(state, finish, onexit = TRUE)
    function() {
        if (!state$open) return(NULL)
        chunk <- reader$read()
        if (is.null(chunk)) {
            reader$report()
            finish()
        }
        chunk
    }
}
