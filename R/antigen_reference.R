#' Read a table of receptors whose antigen is known
#'
#' Exports of VDJdb (slim, full, and of the web page), of McPAS-TCR and of the
#' IEDB (receptors; with one header line or two), told apart by their columns.
#' The files are yours to download: each has its own licence.
#'
#' The IEDB leaves out the conserved residues at the ends of many CDR3s; `C` is
#' put in front of one that does not begin with it, and `F` behind one that ends
#' in neither `F` nor `W`. Rows of another chain, without a sequence or without
#' an epitope are left out; a message says how many.
#'
#' @param file Path of the file, plain or gzip-compressed.
#' @param chain `"TRA"` or `"TRB"`.
#' @return A data.frame with a row for each receptor and antigen: `junction_aa`,
#'     `v_call`, `j_call`, `label` (the epitope), `antigen` (its gene or
#'     protein), `organism` (where it is from; McPAS-TCR: the pathology),
#'     `species` (of the receptor), `mhc`, and `score` (VDJdb's confidence, 0 to
#'     3; else `NA`). What a file does not have is `NA`.
#' @section Errors:
#' `clustcr_error_format` where the file is none of these databases;
#' `clustcr_error_io` where it can't be read.
#' @references Goncharov et al. (2022) Nat Methods 19:1017 (VDJdb). Tickotsky et
#'     al. (2017) Bioinformatics 33:2924 (McPAS-TCR). Vita et al. (2019) Nucleic
#'     Acids Res 47:D339 (IEDB).
#' @seealso [annotateClusters()]
#' @export
#' @examples
#' file <- tempfile(fileext = ".tsv")
#' writeLines(c(
#'     "gene\tcdr3\tspecies\tantigen.epitope\tv.segm\tj.segm",
#'     "TRB\tCASSIRSSYEQYF\tHomoSapiens\tGILGFVFTL\tTRBV19*01\tTRBJ2-7*01"
#' ), file)
#' readAntigenReference(file)
readAntigenReference <- function(file, chain = "TRB") {
    file <- check_string(file, "file")
    chain <- check_choice(chain, "chain", c("TRA", "TRB"))
    if (!file.exists(file) || dir.exists(file)) {
        raise_error("io", paste0("`file` must be a file; there is none at '",
            file, "'"))
    }
    table <- read_reference_file(file)
    known <- plain_names(names(table))
    read <- if (all(c("gene", "cdr3", "antigenepitope") %in% known) ||
        all(c("gene", "cdr3", "epitope") %in% known)) {
        vdjdb_rows
    } else if (all(c("cdr3alpha", "cdr3beta", "antigenepitope") %in% known)) {
        vdjdb_pairs
    } else if (all(c("cdr3betaaa", "epitopepeptide") %in% known)) {
        mcpas_rows
    } else if (any(grepl("^chain2cdr3", known))) {
        iedb_rows
    } else {
        raise_error("format", paste0(
            "'", file, "' must be an export of VDJdb, McPAS-TCR or the IEDB; ",
            "it has the columns ", name_some(names(table), 10L)
        ))
    }
    names(table) <- make.unique(known)
    found <- as.data.frame(read(table, chain))
    usable <- !is.na(found$junction_aa) & !is.na(found$label)
    if (!all(usable)) {
        inform("left_out", "'", file, "': ", shown_number(sum(!usable)), " of ",
            count_text(nrow(found), "row"), " left out (another chain than ",
            chain, ", no sequence, or no epitope)")
    }
    found <- unique(found[usable, , drop = FALSE])
    rownames(found) <- NULL
    found
}

# Letters and figures only, in lower case: "Chain 2 - CDR3 Curated",
# "Chain 2 CDR3 Curated" and the IEDB's two lines are then the same.
plain_names <- function(names) gsub("[^a-z0-9]", "", tolower(names))

read_reference_file <- function(file) {
    source <- open_source(file)
    on.exit(close_source(source))
    plain <- source$path
    if (any(readBin(plain, "raw", file.size(plain)) == 0L)) {
        raise_error("format", paste0(
            shown_file(file), " must be text in UTF-8; it has NUL bytes"
        ))
    }
    first <- readLines(plain, n = 2L, warn = FALSE)
    if (length(first) < 1L) {
        raise_error("format", paste0("'", file, "' must not be empty"))
    }
    comma <- !grepl("\t", first[1L], fixed = TRUE, useBytes = TRUE)
    # The IEDB's first line only says which group a column belongs to.
    two_lines <- grepl("^\"?Receptor\"?[,\t]\"?Receptor\"?[,\t]", first[1L],
        useBytes = TRUE)
    table <- strict_fread(
        file, plain, sep = if (comma) "," else "\t", header = FALSE,
        quote = "\"", na.strings = NULL, colClasses = "character", fill = FALSE
    )
    header <- unlist(table[1L, ], use.names = FALSE)
    if (two_lines) header <- paste(header, unlist(table[2L, ]))
    table <- table[-seq_len(1L + two_lines), , drop = FALSE]
    # McPAS-TCR is not in UTF-8.
    table[] <- lapply(table, function(x) iconv(x, "UTF-8", "UTF-8", sub = ""))
    stats::setNames(table, header)
}

# The first of these columns that has something in it, row by row.
first_of <- function(table, ...) {
    value <- rep(NA_character_, nrow(table))
    for (name in intersect(c(...), names(table))) {
        own <- trimws(table[[name]])
        empty <- is.na(value)
        value[empty] <- own[empty]
        value[value %in% c("", "NA", "null", "None")] <- NA
    }
    value
}

vdjdb_rows <- function(table, chain) {
    junction_aa <- first_of(table, "cdr3")
    junction_aa[!first_of(table, "gene") %in% chain] <- NA
    reference_table(
        table, junction_aa, first_of(table, "vsegm", "v"),
        first_of(table, "jsegm", "j"),
        c("antigenepitope", "epitope"), c("antigengene", "epitopegene"),
        c("antigenspecies", "epitopespecies"), c("vdjdbscore", "score")
    )
}

vdjdb_pairs <- function(table, chain) {
    name <- if (chain == "TRA") "alpha" else "beta"
    reference_table(
        table, first_of(table, paste0("cdr3", name)),
        first_of(table, paste0("v", name)), first_of(table, paste0("j", name)),
        "antigenepitope", "antigengene", "antigenspecies", "vdjdbscore"
    )
}

mcpas_rows <- function(table, chain) {
    name <- if (chain == "TRA") "alpha" else "beta"
    reference_table(
        table, first_of(table, paste0("cdr3", name, "aa")),
        first_of(table, paste0(tolower(chain), "v")),
        first_of(table, paste0(tolower(chain), "j")),
        "epitopepeptide", "antigenprotein", "pathology", character()
    )
}

iedb_rows <- function(table, chain) {
    number <- if (chain == "TRA") "1" else "2"
    own <- function(...) first_of(table, sprintf(c(...), number))
    junction_aa <- toupper(own("chain%scdr3curated", "chain%scdr3calculated"))
    type <- tolower(own("chain%stype"))
    other <- !is.na(type) & type != c(TRA = "alpha", TRB = "beta")[[chain]]
    junction_aa[other] <- NA
    there <- !is.na(junction_aa)
    junction_aa[there] <- complete_anchors(junction_aa[there])
    reference_table(
        table, junction_aa,
        own("curatedchain%svgene", "chain%scuratedvgene",
            "calculatedchain%svgene", "chain%scalculatedvgene"),
        own("curatedchain%sjgene", "chain%scuratedjgene",
            "calculatedchain%sjgene", "chain%scalculatedjgene"),
        c("epitopename", "description"), c("epitopesourcemolecule", "antigen"),
        c("epitopesourceorganism", "organism"), character()
    )
}

reference_table <- function(table, junction_aa, v_call, j_call, label, antigen,
                            organism, score) {
    data.frame(
        junction_aa = junction_aa, v_call = v_call, j_call = j_call,
        label = first_of(table, label), antigen = first_of(table, antigen),
        organism = first_of(table, organism),
        species = first_of(table, "species"),
        mhc = first_of(table, "mhca", "mhc", "assaymhcallelenames",
            "mhcallelenames"),
        score = suppressWarnings(as.numeric(first_of(table, score)))
    )
}
