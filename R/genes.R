# Names of genes: those of IMGT, the level at which they are compared, and the
# locus they tell. Everything works on the distinct names only, of which even
# millions of rows have few.

# fun() of the distinct values, back in their places.
on_distinct <- function(x, fun) {
    # A factor has them at hand.
    if (is.factor(x) && !anyNA(x)) return(fun(levels(x))[as.integer(x)])
    x <- as.character(x)
    distinct <- unique(x)
    fun(distinct)[data.table::chmatch(x, distinct)]
}

# Not toupper(): in Turkish the capital of i is another letter.
capitals <- function(x) {
    chartr(paste(letters, collapse = ""), paste(LETTERS, collapse = ""), x)
}

small_letters <- function(x) {
    chartr(paste(LETTERS, collapse = ""), paste(letters, collapse = ""), x)
}

# Words that programs write where they have no name.
no_gene <- c(
    "", "NA", "None", "none", "null", "NULL", "nan", "NaN", "na", "N/A", ".",
    "*", "-", "unresolved", "Unresolved", "undefined", "unknown", "Unknown",
    "NoData"
)

# Names as IMGT has them; "" where there is none. TRAV29DV5, as 10x and others
# write it, is TRAV29/DV5. `source`:
#   "imgt"      nothing else
#   "mixcr"     the best of the hits, without its score and the allele *00,
#               which says that the allele is not known
#   "mcpas"     TRBV6-2:01 is TRBV6-2*01
#   "adaptive"  by the table of TCRconvertR; the error
#               "clustcr_error_missing_package" where it is not installed
imgt_genes <- function(x, source = c("imgt", "mixcr", "mcpas", "adaptive"),
                       species = "human") {
    source <- match.arg(source)
    on_distinct(x, function(names) {
        names <- trimws(names)
        names[is.na(names) | names %in% no_gene] <- ""
        names <- sub(both_loci, "\\1/DV", names, useBytes = TRUE)
        switch(
            source,
            imgt = names,
            mixcr = best_hit(names),
            mcpas = sub("^(TR[ABGD][VJ][^:*]*):([0-9]+)$", "\\1*\\2", names),
            adaptive = from_adaptive(names, species)
        )
    })
}

# TRAV29DV5 up to its V; not TRAV29/DV5.
both_loci <- "^(TRAV[^/,]*[^/,])DV"

best_hit <- function(names) {
    names <- sub("[,;].*$", "", names)
    names <- sub("\\([0-9.eE+-]*\\)$", "", names)
    sub("[*]00$", "", names)
}

# Adaptive's trailing -01 is a gene of a subgroup for some and of none for
# others: a table knows, a pattern doesn't.
from_adaptive <- function(names, species) {
    foreign <- grepl("^TCR", names)
    if (!any(foreign)) return(names)
    if (!has_package("TCRconvertR")) {
        raise_error("missing_package", paste0(
            "Adaptive's gene names (", shown_names(names[foreign], 3L),
            ") are made IMGT's by a table of the package TCRconvertR, which ",
            "must be installed: install.packages(\"TCRconvertR\")"
        ))
    }
    parts <- lapply(strsplit(names[foreign], "[,/]"), complete_ties)
    table <- adaptive_table(unique(unlist(parts)), species)
    names[foreign] <- vapply(parts, function(part) {
        paste(unique(table[part]), collapse = ",")
    }, "")
    # A name that no table knows stays what it was.
    names
}

# "TCRBV06-02/06-03*01" are TCRBV06-02*01 and TCRBV06-03*01; what is behind a
# tie may leave out the beginning.
complete_ties <- function(part) {
    start <- regmatches(part[1L], regexpr("^TCR[ABGD][VDJ]", part[1L]))
    short <- !grepl("^TCR", part)
    part[short] <- paste0(start, part[short])
    allele <- regmatches(part, regexpr("[*].*$", part))
    if (length(allele) == 1L && length(part) > 1L) {
        bare <- !grepl("*", part, fixed = TRUE)
        part[bare] <- paste0(part[bare], allele)
    }
    part
}

# Adaptive's name -> IMGT's. The table makes the allele *01 up where Adaptive
# has none: taken away again. A bare family ("TCRBV12") is that of its genes.
adaptive_table <- function(names, species) {
    imgt <- convert_adaptive(names, species)
    bare <- !grepl("*", names, fixed = TRUE)
    imgt[bare] <- sub("[*].*$", "", imgt[bare])
    lost <- which(is.na(imgt))
    for (i in lost) {
        family <- sub("[*].*$", "", names[i])
        members <- sprintf("%s-%02d", family, 1:20)
        found <- convert_adaptive(members, species)
        found <- unique(gene_level(found[!is.na(found)], "family"))
        imgt[i] <- if (length(found) == 1L) found else names[i]
    }
    stats::setNames(imgt, names)
}

convert_adaptive <- function(names, species) {
    # Where no name at all is known, convert_gene() converts none.
    known <- "TCRBV06-02*01"
    table <- suppressWarnings(TCRconvertR::convert_gene(
        data.frame(gene = c(known, names)), frm = "adaptive", to = "imgt",
        species = species, frm_cols = "gene", verbose = FALSE
    ))
    as.character(table$gene)[-1L]
}

# The text that is compared at a level: of "TRBV6-2*01" "TRBV6" at "family",
# "TRBV6-2" at "gene", itself at "allele", "" at "none". "" also where there
# is no name (see `no_gene`). Names that leave a choice ("TRBV6-2/6-3",
# "TRBV6-2,TRBV6-3", "TRBV6-2*01 or TRBV6-3*01") are all of their choices at
# this level, each once, sorted, with commas: "TRBV6-2,TRBV6-3" at "gene" and
# "TRBV6" at "family". So they are equal to the same choice written otherwise,
# and to nothing else. A name without an allele is not equal to one with, at
# "allele". What is no gene of IMGT's stays what it is, in capitals.
gene_level <- function(x, level = c("none", "family", "gene", "allele")) {
    level <- match.arg(level)
    if (level == "none") return(rep_len("", length(x)))
    on_distinct(x, function(names) {
        vapply(gene_choices(names), function(choices) {
            choices <- at_level(choices, level)
            paste(sort(unique(choices), method = "radix"), collapse = ",")
        }, "")
    })
}

# The genes of each name, as a list of character vectors.
gene_choices <- function(names) {
    names <- trimws(names)
    names[is.na(names) | names %in% no_gene] <- ""
    bad <- !validUTF8(names)
    names[bad] <- iconv(names[bad], "UTF-8", "ASCII", sub = "byte")
    names <- capitals(names)
    # "Homsap TRBV6-2*01 F" of IMGT's own tools.
    names <- gsub("\\b(HOMSAP|MUSMUS|MACMUL) +", "", names)
    names <- gsub("(?<=[0-9]) +\\(?(F|P|ORF|\\[F\\])\\)?(?=$|,| OR )", "",
        names, perl = TRUE)
    names <- gsub("\\([0-9.E+-]*\\)", "", names)
    choices <- strsplit(
        names, ",? +OR +| *[,;|+] *|/(?=[0-9]|TR|TCR|IG)", perl = TRUE
    )
    lapply(choices, function(choice) {
        choice <- trimws(choice)
        choice <- sub("[*]00$", "", choice)
        choice <- sub(both_loci, "\\1/DV", choice)
        complete_choice(choice[nzchar(choice)])
    })
}

# "6-3" behind "TRBV6-2" is TRBV6-3; "-3" is never written so.
complete_choice <- function(choice) {
    if (length(choice) < 2L) return(choice)
    start <- regmatches(
        choice[1L], regexpr("^(TC?R[ABGD]|IG[HKL])[VDJC]", choice[1L])
    )
    if (length(start) == 1L) {
        short <- grepl("^[0-9]", choice)
        choice[short] <- paste0(start, choice[short])
    }
    choice
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

# What the argument `chain` lets in.
loci_of_chain <- function(chain) {
    switch(chain, A = "TRA", B = "TRB", AB = c("TRA", "TRB"))
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
        name <- small_letters(trimws(names))
        found <- rep(names(locus_names), lengths(locus_names))[
            match(name, unlist(locus_names))]
        blank <- is.na(names) | names %in% no_gene | name == "trad" |
            grepl("[,;/|]", names)
        ifelse(blank, "", ifelse(is.na(found), names, found))
    })
}
