# Names of genes as IMGT has them, by the name itself, whoever wrote it:
# readers, references and tables in memory all go through imgt_genes() or
# gene_choices(). A gene may be a set, where a program could not choose:
# "TRBV12-3,TRBV12-4".

# Words that programs write where they have no name.
no_gene <- c(
    "", "NA", "None", "none", "null", "NULL", "nan", "NaN", "na", "N/A", "n/a",
    ".", "*", "-", "?", "unresolved", "Unresolved", "undefined", "unknown",
    "Unknown", "NoData"
)

# Names as IMGT has them, sets with commas, each gene once and in the order of
# the name; "" where there is none. What is no name of a gene stays what it is
# (see strange_genes()). `species` ("human", "mouse", "rhesus") only tells what
# Adaptive's names are, whose TCRBV13-01 is TRBV13 of humans, TRBV13-1 of mice.
imgt_genes <- function(x, species = "human") {
    on_distinct(x, function(names) {
        names <- trimmed(names)
        names[is.na(names) | names %in% no_gene] <- ""
        other <- which(nzchar(names) & !is_imgt(names))
        choices <- gene_choices(names[other], species)
        placed <- vapply(choices, function(x) {
            length(x) && all(is_imgt(x))
        }, NA)
        names[other[placed]] <- vapply(choices[placed], paste, "",
            collapse = ",")
        names
    })
}

# The names among `x` that are none of IMGT's, not even after imgt_genes().
strange_genes <- function(x) {
    names <- as_valid(if (is.factor(x)) levels(x) else unique(x))
    names <- names[!is.na(names) & !names %in% no_gene & !is_imgt(names)]
    genes <- strsplit(names, ",", fixed = TRUE)
    names[!vapply(genes, function(x) all(is_imgt(x)), NA)]
}

# One gene, or a set would not be looked at again: TRBV6-2*01, TRAV29/DV5,
# TRBV20/OR9-2, IGKV1D-33, TRGJP1, TRBVA; not TRAV29DV5, TRBV06-02, TRBV2*00.
is_imgt <- function(names) {
    plain <- paste0(
        "^(TR[ABGD]|IG[HKL])[VDJC]([1-9][0-9]*[A-Z]{0,2}|[A-Z]{1,2}[1-9]?)?",
        "(-[1-9][0-9]*[A-Z]?)*",
        "(/(DV|OR)[1-9][0-9A-Z]*(-[1-9][0-9]*[A-Za-z]?)?)?",
        "([*][0-9]{2,3}[A-Z_0-9]*)?$"
    )
    grepl(plain, names, perl = TRUE) & !endsWith(names, "*00") &
        !grepl("^TRAV[^/]*DV", names)
}

# The genes of each name, as a list of character vectors; what is none of
# IMGT's in capitals, for comparison.
gene_choices <- function(names, species = "human") {
    names <- trimmed(names)
    names[is.na(names) | names %in% no_gene] <- ""
    choices <- as.list(names)
    choices[!nzchar(names)] <- list(character())
    other <- which(nzchar(names) & !is_imgt(names))
    choices[other] <- lapply(split_choices(names[other]), function(choice) {
        choice <- choice[nzchar(choice)]
        unique(one_gene(complete_choices(choice), species))
    })
    choices
}

# "TRBV6-2*01 or TRBV6-3*01", "Homsap TRBV6-2*01 F, or ...", "TRBV12-3/4",
# "TRBV12-3*00(240),TRBV12-4*00(240)" at what divides them.
split_choices <- function(names) {
    # hTRBV6-2 and mTRBV1, before capitals hide what the letter is.
    names <- gsub("(?<![A-Za-z])[hm](?=TC?R[ABGD][VDJC])", "", names,
        perl = TRUE)
    names <- capitals(names)
    # Lists of Python, spaces and hyphens of spreadsheets.
    names <- gsub("[][\"'`]", "", names)
    names <- trimws(gsub("\u00a0", " ", names, fixed = TRUE))
    for (hyphen in c("\u2010", "\u2011", "\u2012", "\u2013", "\u2212")) {
        names <- gsub(hyphen, "-", names, fixed = TRUE)
    }
    # As IMGT's own tools have them: with species and functionality.
    names <- gsub("\\b(HOMSAP|MUSMUS|MACMUL|HOMO SAPIENS|MUS MUSCULUS)[ _]+",
        "", names)
    names <- gsub("(?<=[0-9])( +| *(?=\\())\\(?(F|P|ORF)\\)?(?=$|,| OR )", "",
        names, perl = TRUE)
    names <- gsub("\\([0-9.E+-]*\\)", "", names)
    parts <- strsplit(
        names, paste0(",? +(OR|AND) +| *[,;|+&] *| */ *(?=-?[0-9]|TR|TCR|IG)|",
            "[ _]+(?=TC?R[ABGD][VDJC]|IG[HKL][VDJC])"),
        perl = TRUE
    )
    # An allele behind a tie ("TCRBV06-02/06-03*01") is that of all.
    tied <- which(lengths(parts) > 1L & !grepl("[,;|+& ]", names))
    parts[tied] <- lapply(parts[tied], function(part) {
        allele <- regmatches(part, regexpr("[*:][0-9]+$", part))
        if (length(allele) != 1L) return(part)
        sub("([*:][0-9]+)?$", allele, part)
    })
    lapply(parts, trimws)
}

# Behind "TRBV6-2" "6-3" is TRBV6-3, and "3" or "-3" is too; behind "TRAJ33"
# "34" is TRAJ34.
complete_choices <- function(choice) {
    if (length(choice) < 2L) return(choice)
    first <- sub("[*:].*$", "", choice[1L])
    segment <- regmatches(
        first, regexpr("^(TC?R[ABGD]|IG[HKL])[VDJC]", first)
    )
    if (length(segment) == 0L) return(choice)
    number <- grepl("^-?[0-9]+[A-Z]?([*:][0-9]+)?$", choice)
    whole <- !number & grepl("^[0-9]", choice)
    choice[whole] <- paste0(segment, choice[whole])
    before <- if (grepl("-", first, fixed = TRUE)) {
        sub("-[^-]*$", "-", first)
    } else {
        segment
    }
    choice[number] <- paste0(before, sub("^-", "", choice[number]))
    choice
}

# One gene, in capitals, as IMGT has it; what is no gene stays.
one_gene <- function(names, species) {
    gene <- sub("^(TC?R[ABGD]|IG[HKL]) *([VDJC]) *(?=[0-9])", "\\1\\2", names,
        perl = TRUE)
    # BV7-9 and AJ33. Older names have S ("BV8S1"), and families of other
    # numbers: a number alone stays what it is.
    gene <- sub("^(?=[ABGD](V[1-9][0-9]*-|J)[1-9])", "TR", gene, perl = TRUE)
    # Adaptive's TCRBV20-X is a gene of the family that is not known.
    gene <- sub("^(TCR[ABGD]V[0-9]+)-X(?=$|[*])", "\\1", gene, perl = TRUE)
    # McPAS-TCR's TRBV19:02.
    gene <- sub(":([0-9]+)$", "*\\1", gene)
    gene <- sub("[*]0+$", "", gene)
    gene <- sub("[*]([1-9])$", "*0\\1", gene)
    # Orphons: 10x's TRBV20OR9-2, Adaptive's TCRBV20-or09_02.
    gene <- sub("[-/_]?OR0*([0-9]+)[-_]0*([0-9]+)", "/OR\\1-\\2", gene)
    # 10x's TRAV29DV5 and TRAV14D-3-DV8.
    gene <- sub("^(TC?RAV[^/]*[^/_-])[-_]?DV(?=[0-9])", "\\1/DV", gene,
        perl = TRUE)
    adaptive <- grepl("^TCR[ABGD][VDJC]", gene) |
        grepl("^TR[ABGD][VDJC]0|^TR[ABGD][VDJ][^*]*-0", gene)
    gene[adaptive] <- from_adaptive(gene[adaptive], species)
    ifelse(is_imgt(gene), gene, names)
}

# Adaptive's names: zeros fill numbers, and each gene has a second number, -01
# also where IMGT has none.
from_adaptive <- function(names, species) {
    gene <- sub("^TCR", "TR", names)
    allele <- sub("^[^*]*", "", gene)
    gene <- sub("[*].*$", "", gene)
    gene <- gsub("([A-Z]|-)0+(?=[0-9])", "\\1", gene, perl = TRUE)
    subgroup <- sub("[-/].*$", "", gene)
    numbered <- subgroup %in% numbered_subgroups[[species]]
    gene[!numbered] <- sub("^([^-/]*)-1(?=$|/)", "\\1", gene[!numbered],
        perl = TRUE)
    # "TCRAV04-04/" of some exports.
    gene <- sub("/$", "", gene)
    gene <- completed(gene, "-.*$", lone_genes[[species]])
    gene <- completed(gene, "/.*$", genes_of_both[[species]])
    # Numbers that no species has: it is no gene of these.
    number <- suppressWarnings(as.numeric(
        sub("^TR[ABGD][VDJ]([0-9]+).*$", "\\1", gene)
    ))
    last <- highest_number[substr(gene, 1L, 4L)]
    none <- !is.na(number) & !is.na(last) & number > last
    ifelse(none, names, paste0(gene, allele))
}

# Of those `genes` that begin so, the whole names.
completed <- function(names, rest, genes) {
    at <- match(names, sub(rest, "", genes))
    ifelse(is.na(at), names, genes[at])
}

# Subgroups that have a gene -1 (IMGT, Repertoire of genes). TRAV14-1 of humans
# is another than TRAV14/DV4.
numbered_subgroups <- list(
    human = c(
        paste0("TRAV", c(1, 8, 9, 11:14, 26, 38)),
        paste0("TRBV", c(3:8, 10:12, 20:25, 29)), "TRBJ1", "TRBJ2"
    ),
    mouse = c(
        paste0("TRAV", c(3:9, 12:15, "8D", outer(c(9, 12:15), c("D", "N"),
            paste0))),
        "TRBV12", "TRBV13", "TRDV2", "TRBJ1", "TRBJ2"
    ),
    rhesus = c(
        paste0("TRAV", c(1, 8, 9, 11:14, 22:26, 38)),
        paste0("TRBV", c(1:8, 10:12, 20:25, 29)), "TRBJ1", "TRBJ2", "TRDV1",
        "TRGJ1", "TRGJ2"
    )
)

# Genes that are alone in a subgroup, although they have a second number.
lone_genes <- list(
    human = paste0("TRBV", c(20:25, 29), "-1"), mouse = "TRAV8N-2",
    rhesus = paste0("TRBV", c(20:25, 29), "-1")
)

# V genes of TRA that serve TRD, too.
genes_of_both <- list(
    human = c("TRAV14/DV4", "TRAV23/DV6", "TRAV29/DV5", "TRAV36/DV7",
        "TRAV38-2/DV8"),
    mouse = c("TRAV4-4/DV10", "TRAV6-7/DV9", "TRAV13-4/DV7", "TRAV14D-3/DV8",
        "TRAV15-1/DV6-1", "TRAV15-2/DV6-2", "TRAV15D-1/DV6D-1",
        "TRAV15D-2/DV6D-2", "TRAV16D/DV11", "TRAV21/DV12"),
    rhesus = character()
)

# Of a locus's subgroups, in any of these species.
highest_number <- c(
    TRAV = 46, TRBV = 31, TRGV = 11, TRDV = 5, TRAJ = 61, TRBJ = 2, TRGJ = 4,
    TRDJ = 4
)
