# Genes: the level at which their names are compared, and the locus they tell.
# Everything works on the distinct names only, of which even millions of rows
# have few.

# The text that is compared at a level: of "TRBV6-2*01" "TRBV6" at "family",
# "TRBV6-2" at "gene", itself at "allele", "" at "none". "" also where there
# is no name (see `no_gene`). Names that leave a choice ("TRBV6-2/6-3",
# "TRBV6-2,TRBV6-3", "TRBV6-2*01 or TRBV6-3*01") are all of their choices at
# this level, each once, sorted, with commas: "TRBV6-2,TRBV6-3" at "gene" and
# "TRBV6" at "family". So they are equal to the same choice written otherwise
# (what else they match, `ambiguous_genes` says). A name without an allele is
# not equal to one with, at "allele". What is no gene of IMGT's stays what it
# is, in capitals.
gene_level <- function(x, level = gene_levels) {
    level <- check_choice(level, "level", gene_levels)
    if (level == "none") return(rep_len("", length(x)))
    on_distinct(x, function(names) {
        vapply(gene_choices(names), function(choices) {
            choices <- at_level(choices, level)
            paste(sort(unique(choices), method = "radix"), collapse = ",")
        }, "")
    })
}

at_level <- function(choice, level) {
    if (level == "allele") return(choice)
    choice <- sub("[*].*$", "", choice)
    if (level == "gene") return(choice)
    # Of IMGT's name up to the number of the subgroup: behind it are genes
    # (TRBV6-2), a second locus (TRAV29/DV5), orphons (TRBV20/OR9-2) and
    # copies (IGKV1D-33).
    sub("^((TC?R[ABGD]|IG[HKL])[VDJC]([0-9]+|[A-Z]+)).*$", "\\1", choice)
}

# The locus that genes tell: "TRA", "TRB", "TRG", "TRD", "IGH", "IGK", "IGL",
# or "" where they tell none, or several. The J gene goes first where it is
# given, for TRAV../DV.. serve both TRA and TRD: by the V gene alone they are
# TRA.
gene_locus <- function(v_call, j_call = NULL) {
    locus <- on_distinct(v_call, locus_of)
    if (is.null(j_call)) return(locus)
    of_j <- on_distinct(j_call, locus_of)
    told <- nzchar(of_j)
    locus[told] <- of_j[told]
    locus
}

locus_of <- function(names) {
    vapply(gene_choices(names), function(choices) {
        found <- unique(sub("^TCR", "TR", sub(
            "^(TC?R[ABGD]|IG[HKL])[VDJC].*$", "\\1", choices
        )))
        known <- found %in% names(locus_names)
        if (length(found) == 1L && known) found else ""
    }, "")
}

# Whether a V gene serves TRA and TRD.
serves_both <- function(v_call) {
    on_distinct(v_call, function(names) {
        grepl("^TRAV[^,]*DV", names) | grepl("^TRDV[^,]*/AV", names)
    })
}

# How files name a locus.
locus_names <- list(
    TRA = c("tra", "tcra", "a", "alpha", "tcr_alpha", "tcralpha"),
    TRB = c("trb", "tcrb", "b", "beta", "tcr_beta", "tcrbeta"),
    TRG = c("trg", "tcrg", "g", "gamma", "tcr_gamma"),
    TRD = c("trd", "tcrd", "d", "delta", "tcr_delta"),
    IGH = c("igh", "heavy", "h", "bcr_heavy"),
    IGK = c("igk", "kappa", "k", "bcr_kappa"),
    IGL = c("igl", "lambda", "l", "bcr_lambda")
)

# A file's names for loci as AIRR's. One that says several ("TRA,TRD") says
# none; others ("Multi" of 10x) stay, and are no locus anybody asks for.
imgt_locus <- function(x) {
    on_distinct(x, function(names) {
        # "TCR-beta", "Beta chain", "TRBV".
        name <- bare_name(names)
        name <- sub("^((tc?r|ig)[abgdhkl])v$", "\\1", sub("chain$", "", name))
        found <- rep(names(locus_names), lengths(locus_names))[
            match(name, bare_name(unlist(locus_names)))]
        blank <- is.na(names) | names %in% no_gene | name == "trad" |
            grepl("[,;/|]", names)
        ifelse(blank, "", ifelse(is.na(found), names, found))
    })
}

# The locus of each row: that of its column, else the one that its genes tell,
# the J gene first; "" where neither does. TRAV29/DV5 and the like serve TRA
# and TRD: without a J gene they are of that of the two that is wanted.
row_loci <- function(n, locus, v_call, j_call, wanted = NULL) {
    blank <- function(x) if (is.null(x)) rep_len("", n) else x
    locus <- if (is.null(locus)) blank(locus) else imgt_locus(locus)
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

# A gene without its allele: TRBV20-1*01 is TRBV20-1; of both chains of a pair.
without_allele <- function(gene) gsub("[*][^:]*", "", gene)
