# The forms in which users have CDR3s, made into one: a character vector, a
# Biostrings::AAStringSet, or a table (data.frame or S4Vectors::DataFrame) with
# `junction_aa` and, where there, `v_call` and `duplicate_count`.

# list(n, fetch): fetch(from, to) gives list(junction_aa, v_call,
# duplicate_count) of these rows. An AAStringSet becomes text a block at a
# time, for as a whole it would take many times its own memory.
as_sequence_source <- function(data, name = "data") {
    if (is.factor(data)) data <- as.character(data)
    # Letters of nucleotides are residues too: they would be clustered.
    nucleotides <- inherits(data, c("DNAStringSet", "RNAStringSet"))
    if (is.character(data) && is.null(dim(data))) {
        refuse_paths(data, name)
        check_residues(data, name)
        return(list(n = length(data), fetch = function(from, to) {
            sequence_block(block_of(data, from, to))
        }))
    }
    if (inherits(data, "XStringSet") && !nucleotides) {
        check_residues(as.character(utils::head(data, looked_at)), name)
        return(list(n = length(data), fetch = function(from, to) {
            sequence_block(as.character(data[from:to], use.names = FALSE))
        }))
    }
    if (is_table(data)) {
        return(table_source(data, name))
    }
    bad_argument(
        "`", name, "` must be a character vector, a Biostrings::AAStringSet, ",
        "a data.frame or DataFrame with a column `junction_aa`, or a ",
        "SingleCellExperiment or Seurat object that has such columns, not ",
        given(data)
    )
}

# `column`: that of a table, or NULL.
check_residues <- function(text, name, column = NULL) {
    at <- nucleotides_at(text)
    if (at == 0L) return(invisible())
    bad_argument(if (!is.null(column)) paste0("`", column, "` of "), "`", name,
        "` must be CDR3s in letters of residues, not nucleotides as number ",
        at, ", ", given(text[at]))
}

# Where sequences are wanted, paths of files would be sequences that are wrong.
refuse_paths <- function(text, name) {
    # Of a million the first say it; blanks may be all there is at the top.
    some <- utils::head(text, 10L * looked_at)
    some <- some[!is.na(some) & nzchar(some)]
    if (!length(some)) some <- text[!is.na(text) & nzchar(text)]
    text <- utils::head(some, looked_at)
    if (!length(text)) return(invisible())
    path <- grepl(paste0("[/\\\\]|[.](tsv|csv|txt|tab|gz|bz2|xz|zst|zip|rds|",
        "fasta|fa)$"), text, ignore.case = TRUE, useBytes = TRUE)
    # A file without an ending; a CDR3 may be called as one.
    if (!all(path) && length(text) <= 10L && all(Encoding(text) != "bytes")) {
        path <- path | (file.exists(text) &
            !grepl("^[A-Z*_]+$", text, useBytes = TRUE))
    }
    if (!all(path)) return(invisible())
    if (dir.exists(text[1L])) {
        bad_argument("`", name, "` must be sequences or a table of them, and ",
            given(text[1L]), " is the path of a folder: clusterRepertoires() ",
            "clusters the files of a folder, and readRepertoire() reads one ",
            "of them")
    }
    bad_argument("`", name, "` must be sequences or a table of them, and ",
        given(text[1L]), " is the path of a file: readRepertoire(",
        given(text[1L]), ") reads it")
}

sequence_block <- function(junction_aa, v_call = NULL,
                           duplicate_count = NULL) {
    list(
        junction_aa = junction_aa, v_call = v_call,
        duplicate_count = duplicate_count
    )
}

# Subsetting copies; a block that is the whole needs no copy.
block_of <- function(x, from, to) {
    if (is.null(x) || (from == 1 && to == length(x))) x else x[from:to]
}

table_source <- function(data, name) {
    if (!"junction_aa" %in% names(data)) {
        bad_argument(
            "`", name, "` must have a column `junction_aa`; it has ",
            if (ncol(data)) shown_names(names(data)) else "no columns"
        )
    }
    junction_aa <- text_column(data, "junction_aa", name)
    check_residues(junction_aa, name, "junction_aa")
    v_call <- name_column(data, "v_call", name)
    count <- plain_column(data, "duplicate_count")
    if (!is.null(count)) count <- check_counts(count, name)
    list(n = length(junction_aa), fetch = function(from, to) {
        sequence_block(
            block_of(junction_aa, from, to), block_of(v_call, from, to),
            block_of(count, from, to)
        )
    })
}

# All sequences as one character vector.
as_sequence_vector <- function(data, name = "data") {
    source <- as_sequence_source(data, name)
    if (source$n == 0) return(character())
    source$fetch(1, source$n)$junction_aa
}

# Stops at the first sequence that can't be clustered.
refuse_invalid <- function(problems, junction_aa, name, offset = 0) {
    first <- which(problems != 0L)[1L]
    if (is.na(first)) return(invisible())
    what <- cpp_problem_names()[problems[first] + 1L]
    raise_error("invalid_sequence", paste0(
        "every sequence of `", name, "` must be valid here; number ",
        format(first + offset, scientific = FALSE), ", ",
        given(junction_aa[first]), ", is not (", gsub("_", " ", what), ")"
    ))
}

# The valid sequences; the others are reported once, or refused.
keep_valid <- function(junction_aa, max_sequence_size, invalid, name) {
    problems <- cpp_sequence_problems(junction_aa, max_sequence_size)
    if (!any(problems)) return(junction_aa)
    if (invalid == "error") refuse_invalid(problems, junction_aa, name)
    labels <- cpp_problem_names()
    counts <- tabulate(problems + 1L, length(labels))
    names(counts) <- labels
    report_skipped(counts, paste0("`", name, "`"))
    junction_aa[problems == 0L]
}

report_skipped <- function(counts, what) {
    skipped <- sum(without_kept(counts))
    if (skipped == 0) return(invisible())
    all <- skipped == sum(counts)
    advice <- if (all) loss_advice(counts[names(counts) != "none"])
    inform(
        "skipped", if (all) paste0("! No sequence of ", what,
            " can be clustered. "), "Skipped ", shown_number(skipped), " of ",
        shown_number(sum(counts)), " sequences of ", what, ": ",
        describe_problems(counts), ".",
        if (!is.null(advice)) paste0(" ", advice, ".")
    )
}
