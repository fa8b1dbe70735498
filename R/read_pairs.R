# Tables of nobody's with both chains in a row, under names that say which is
# which: cdr3a and cdr3b, CDR3_alpha and CDR3_beta, TRA_cdr3, va, TRBV, and the
# VJ and VDJ chains of scirpy and dandelion (alpha or gamma, beta or delta).

# In cells of gamma and delta these are the VJ and the VDJ chain.
format_pairs <- list(
    title = "table with both chains in a row",
    columns = list(),
    chains = c(usual_chain_names[c("TRA", "TRB")], list(
        TRG = chain_columns_of(c(chain_words$TRG, vj_words)),
        TRD = chain_columns_of(c(chain_words$TRD, vdj_words))
    ))
)
format_pairs$needs <- lapply(list(c("TRA", "TRG"), c("TRB", "TRD")),
    function(loci) {
        unlist(lapply(format_pairs$chains[loci], `[[`, "junction_aa"),
            use.names = FALSE)
    })

# What immunarch makes of cells: "CAVF;CASSF" of "TRA;TRB" is no receptor.
refuse_joined_chains <- function(table, cdr3, file, line_of) {
    if (is.null(table$locus) || !"junction_aa" %in% cdr3) return(invisible())
    several <- grep("[;|]", table$junction_aa)
    several <- several[grepl("[A-Za-z][;|][A-Za-z]",
        as.character(table$locus[several]))]
    if (!length(several)) return(invisible())
    row <- several[1L]
    raise_error("format", paste0(
        shown_file(file), " must have one chain in each row; line ",
        line_of(row), " has several in one (",
        given(as.character(table$junction_aa[row])), " of ",
        given(as.character(table$locus[row])), "), as immunarch writes them. ",
        "Read the contigs of the cells instead and pair them by pairChains(), ",
        "or divide the rows by chain and cell"
    ))
}
