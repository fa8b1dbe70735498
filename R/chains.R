# Chains and loci: what the argument `chain` takes and which loci that lets in,
# what the columns of a pair are called, and of which locus a row is.

chain_names <- c(TRA = "alpha", TRB = "beta", TRG = "gamma", TRD = "delta")

# The short forms, as stores keep them.
chain_loci <- list(
    A = "TRA", B = "TRB", G = "TRG", D = "TRD",
    AB = c("TRA", "TRB"), GD = c("TRG", "TRD")
)

is_paired <- function(chain) chain %in% c("AB", "GD")

# The short form of a locus or of a pair of loci, in any order.
check_chain <- function(value, name = "chain", single = FALSE) {
    known <- chain_loci
    if (single) known <- known[!is_paired(names(known))]
    if (is.character(value) && length(value) && !anyNA(value) &&
        !anyDuplicated(value)) {
        if (length(value) == 1L && value %in% names(known)) return(value)
        for (short in names(known)) {
            if (setequal(value, known[[short]])) return(short)
        }
    }
    bad_argument(
        "`", name, "` must be a locus (\"TRA\", \"TRB\", \"TRG\" or \"TRD\"; ",
        "short \"A\", \"B\", \"G\" or \"D\")",
        if (!single) paste0(" or a pair of them (c(\"TRA\", \"TRB\") or ",
            "c(\"TRG\", \"TRD\"); short \"AB\" or \"GD\")"),
        ", not ", if (is.character(value) && length(value) > 1L)
            deparse1(value) else given(value)
    )
}

# What the argument `chain` lets in.
loci_of_chain <- function(chain) chain_loci[[chain]]

# Of the pair that the chain is one of, or is.
loci_of_pair <- function(chain) {
    loci_of_chain(if (chain %in% c("G", "D", "GD")) "GD" else "AB")
}

# "alpha", or c("gamma", "delta").
chain_sides <- function(chain) unname(chain_names[loci_of_chain(chain)])

describe_chain <- function(chain) {
    switch(chain, AB = "pairs of chains",
        GD = "pairs of gamma and delta chains",
        paste(chain_sides(chain), "chains"))
}

# The names of a table's columns of both chains: by the columns themselves, or
# by the V genes of pairs that are one text already.
sides_of_pairs <- function(table) {
    for (chain in c("AB", "GD")) {
        sides <- chain_sides(chain)
        if (any(paste0("junction_aa_", sides) %in% names(table))) return(sides)
    }
    gamma <- any(grepl("^TRG|:TRD", table[["v_call"]]))
    chain_sides(if (gamma) "GD" else "AB")
}

# The locus of each row: that of its column, else the one that its genes tell,
# the J gene first; "" where neither does. TRAV29/DV5 and the like serve TRA
# and TRD: without a J gene they are of that of the two that is wanted.
row_loci <- function(n, locus, v_call, j_call, wanted = NULL) {
    blank <- function(x) if (is.null(x)) rep_len("", n) else x
    locus <- imgt_locus(blank(locus))
    untold <- which(!nzchar(locus))
    if (!length(untold)) return(locus)
    v_call <- blank(v_call)[untold]
    j_call <- blank(j_call)[untold]
    found <- gene_locus(v_call, j_call)
    either <- intersect(c("TRA", "TRD"), wanted)
    if (length(either) == 1L) {
        open <- serves_both(v_call) & !nzchar(gene_locus(j_call))
        found[open] <- either
    }
    locus[untold] <- found
    locus
}

# What stands behind the names of a result's columns.
column_ends <- function(chain) {
    if (is_paired(chain)) paste0("_", chain_sides(chain)) else ""
}
