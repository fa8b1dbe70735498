# Read a repertoire from a file: man/readRepertoire.Rd.
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

# Read CDR3 sequences from a file: man/readCdr3.Rd.
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

# list(format, options) of what others pass on to be read by.
asked_reading <- function(reading) {
    format <- if (is.null(reading$format)) "auto" else reading$format
    known <- intersect(names(reading), names(formals(reading_options)))
    list(
        format = check_choice(format, "format", format_choices()),
        options = do.call(reading_options, reading[known])
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
# With `held` rows come as the core holds them (R/read_in_core.R), if it can;
# `unseen` as of open_parts().
open_reader <- function(file, format, options, chunk_size, held = FALSE,
                        unseen = FALSE, threads = granted_threads()) {
    file <- check_string(file, "file")
    source <- open_source(file, streamed = TRUE, threads)
    done <- FALSE
    on.exit(if (!done) close_source(source))
    layout <- find_layout(source, format, options)
    parts <- open_parts(source, layout, chunk_size, unseen)
    state <- new.env()
    state$rows <- state$rounded <- state$completed <- state$bare <- 0
    state$malformed <- 0
    state$skipped <- no_rows_skipped
    meanings <- if (stays_in_core(layout, options)) {
        level_meanings(parts$table, layout, options)
    }
    read <- function() {
        part <- parts$read()
        if (is.null(part)) return(NULL)
        found <- if (!is.null(meanings)) {
            tidy_in_core(part, parts$table, meanings, layout, options)
        }
        if (is.null(found)) {
            found <- tidy_rows(part$columns(), layout, options, file,
                part$line_of)
            found$rows <- nrow(found$table)
        }
        # As far as they are known.
        malformed <- parts$scan()$malformed[["rows"]]
        found$skipped[["malformed"]] <- malformed - state$malformed
        state$malformed <- malformed
        state$rows <- state$rows + found$rows
        state$skipped <- state$skipped + found$skipped
        state$rounded <- state$rounded + found$rounded
        state$completed <- state$completed + found$completed
        state$bare <- state$bare + found$bare
        state$strange <- union(state$strange, found$strange)
        state$filled <- add_filled(state$filled, found$filled)
        if (is.null(found$held) || !held) {
            if (!is.null(found$held)) found$table <- as_read_table(found$held)
            found$held <- with_repertoire(found$table, options, file)
        }
        structure(found$held, skipped = found$skipped, format = layout$format,
            skipped_by = found$skipped_by)
    }
    close <- function() {
        parts$close()
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
            report_reading(file, layout, parts$scan(), totals(), options)
        },
        # What the report says: of columns, or "", and of rows that were kept.
        said = function() {
            columns <- columns_note(layout, state$filled,
                state$rows + sum(state$skipped))
            c(if (is.null(columns)) "" else columns,
                reading_notes(layout, parts$scan(), totals(), options))
        }
    )
}

# How many rows each column of the file gave, of all chunks.
add_filled <- function(before, more) {
    if (is.null(before)) return(more)
    Map(function(a, b) if (is.null(a)) b else a + b, before, more)
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
