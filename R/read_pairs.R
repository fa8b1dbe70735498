# Tables of nobody's with both chains in a row, under names that say which is
# which: cdr3a and cdr3b, CDR3_alpha and CDR3_beta, TRA_cdr3, va, TRBV, and the
# VJ and VDJ chains of scirpy and dandelion (alpha or gamma, beta or delta).

wide_names <- function(sides, ...) {
    parts <- c(...)
    unique(as.vector(vapply(sides, function(side) {
        c(paste0(parts, side), paste0(parts, "_", side),
            paste0(side, "_", parts))
    }, character(3L * length(parts)))))
}

wide_chain <- function(locus, vdj) {
    side <- chain_names[[locus]]
    sides <- c(side, substr(side, 1L, 1L), small_letters(locus))
    cell <- c(vdj, paste0(vdj, "_1"), paste0("IR_", vdj, "_1"),
        paste0(vdj, "_main"))
    genes <- function(segment) {
        c(wide_names(sides, segment, paste0(segment, c("_gene", "_call",
            "_segment"))),
            paste0(segment, "_", sides, "_gene"), paste0(segment, sides,
            "_gene"), paste0(locus, segment), wide_names(cell,
            paste0(segment, "_call")))
    }
    list(
        junction_aa = c(
            wide_names(sides, "cdr3", "cdr3_aa", "cdr3aa", "junction_aa"),
            paste0("cdr3", sides, "_aa"), paste0("cdr3_", sides, "_aa"),
            paste0("cdr3_", sides, "_aa_seq"),
            wide_names(cell, "junction_aa")
        ),
        v_call = genes("v"), j_call = genes("j")
    )
}

format_pairs <- list(
    title = "table with both chains in a row",
    columns = list(),
    chains = list(
        TRA = wide_chain("TRA", "VJ"), TRB = wide_chain("TRB", "VDJ"),
        TRG = wide_chain("TRG", "VJ"), TRD = wide_chain("TRD", "VDJ")
    )
)
format_pairs$needs <- list(
    unlist(lapply(format_pairs$chains[c("TRA", "TRG")], `[[`, "junction_aa")),
    unlist(lapply(format_pairs$chains[c("TRB", "TRD")], `[[`, "junction_aa"))
)

# What immunarch makes of cells: "CAVF;CASSF" of "TRA;TRB" is no receptor.
refuse_joined_chains <- function(table, cdr3, file, line_of) {
    if (is.null(table$locus) || !"junction_aa" %in% cdr3) return(invisible())
    several <- grep("[;|]", table$junction_aa)
    several <- several[grepl("[A-Za-z][;|][A-Za-z]",
        as.character(table$locus[several]))]
    if (!length(several)) return(invisible())
    row <- several[1L]
    raise_error("format", paste0(
        shown_file(file), " must have a chain in each row; line ",
        line_of(row), " has those of a clone of cells in one (",
        given(as.character(table$junction_aa[row])), " of ",
        given(as.character(table$locus[row])), "), as immunarch joins them. ",
        "Read the contigs of the cells instead, of which pairChains() makes ",
        "pairs, or divide the rows by chain and cell"
    ))
}
