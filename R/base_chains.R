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

# The pair that the chain is one of, or is.
pair_of_chain <- function(chain) {
    if (chain %in% c("G", "D", "GD")) "GD" else "AB"
}

loci_of_pair <- function(chain) loci_of_chain(pair_of_chain(chain))

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

# What stands behind the names of a result's columns.
column_ends <- function(chain) {
    if (is_paired(chain)) paste0("_", chain_sides(chain)) else ""
}

# list(alpha, beta) of pairs.
split_chains <- function(junction_aa) {
    at <- regexpr(chain_separator, junction_aa, fixed = TRUE)
    list(substr(junction_aa, 1L, at - 1L), substring(junction_aa, at + 1L))
}

# Between the two chains of a pair; no residue, as the core has it.
chain_separator <- ":"
