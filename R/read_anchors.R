# A CDR3 with the conserved residues at its ends, the C of the V gene and the
# F (or W) of the J gene, is a junction. Some columns hold CDR3s without them
# (IMGT's definition, AIRR's `cdr3_aa`). Which it is can't be told by the last
# letter: TRBJ1-1 ends in FF, so ASSPNTEAF lacks an F.

# The last residues of J genes up to the conserved one. Human ones go first,
# then those of mice that differ; both count for a name that both have.
j_ends <- list(
    TRBJ = paste(
        "1-1 TEAFF 1-2 YGYTF 1-3 NTIYF 1-4 EKLFF 1-5 QPQHF 1-6 SPLHF",
        "2-1 NEQFF 2-2 GELFF 2-3 DTQYF 2-4 NIQYF 2-5 ETQYF 2-6 NVLTF",
        "2-7 YEQYF",
        "1-1 TEVFF 1-2 SDYTF 1-3 NTLYF 1-4 ERLFF 1-5 QAPLF 1-6 SPLYF",
        "2-1 AEQFF 2-2 GQLYF 2-3 ETLYF 2-4 NTLYF 2-5 DTQYF"
    ),
    TRAJ = paste(
        "1 SQLQF 2 DKLTF 3 SKIIF 4 NKLIF 5 RALTF 6 YIPTF 7 NRLAF 8 QKLVF",
        "9 FKTIF 10 NKLTF 11 STLTF 12 YKLIF 13 QKVTF 14 STFIF 15 TALIF",
        "16 QKLLF 17 NKLTF 18 GRLYF 19 YNFTF 20 YKLSF 21 NKFYF 22 RQLTF",
        "23 GKLIF 24 GKLQF 24 GKFEF 25 FSFIF 26 QNFVF 27 GKSTF 28 YQLTF",
        "29 TPLVF 30 DKIIF 31 ARLMF 32 NKLIF 33 YQLIW 34 DKLIF 35 NVLHC",
        "36 NNLFF 37 GKLIF 38 RKLIW 39 NMLTF 40 YKYIF 41 YALNF 42 GNLIF",
        "43 NDMRF 44 SKLTF 45 DGLTF 46 DKLTF 47 NKLVF 48 EKLTF 49 NQFYF",
        "50 DKVIF 51 EKLIF 52 GKLTF 53 YKLTF 54 QKLVF 56 SKLTF 57 EKLVF",
        "58 SRLTF 59 RKFTF 60 KMLNF 61 RKLTF",
        "2 GKLTF 11 NKLTF 12 YKVVF 13 TYQRF 15 RALIF 16 QKLVF 18 GRLHF",
        "21 NVLYF 22 WQLIF 26 QGLTF 27 GKLTF 28 NRLTF 30 YKVIF 31 NRIFF",
        "34 NKVVF 35 SALTF 38 SKLIW 39 AKLTF 40 YKYVF 42 AKLTF 43 NAPRF",
        "45 DRLTF 48 EKITF 49 QNFYF 5 GQLTF 50 SKLVF 56 NKLTF 57 AKLIF",
        "58 SKLSF 6 YKPTF 9 YKLTF"
    ),
    TRGJ = "1 YKKLF 2 YKKLF P KIKVF P1 WFKIF P2 WIKTF 1 FHKVF 4 WVKIF",
    TRDJ = "1 DKLIF 2 AQLFF 3 RQMFF 4 RPLIF 1 DKLVF 2 RQMFF",
    IGHJ = "1 YFQHW 2 YFDLW 3 AFDIW 4 YFDYW 5 WFDPW 6 GMDVW",
    IGKJ = "1 WTF 2 YTF 3 FTF 4 LTF 5 ITF",
    IGLJ = "1 YVF 2 VVF 3 WVF"
)

j_end_table <- function() {
    parts <- lapply(names(j_ends), function(name) {
        words <- strsplit(j_ends[[name]], " ", fixed = TRUE)[[1L]]
        odd <- seq(1L, length(words), 2L)
        data.frame(
            gene = paste0(name, words[odd]), locus = substr(name, 1L, 3L),
            end = words[odd + 1L]
        )
    })
    do.call(rbind, parts)
}

# Junctions of CDR3s, with what they lack at their ends; the rest, NA and ""
# stay as they are. A row's J gene says whether the end is there (where it is
# not known: the J genes of its `locus`, or all). Where it does not, for the
# gene was trimmed too far, a row that begins with C has both ends, and another
# is as the column: `lacks` is TRUE where its definition leaves the residues
# out, FALSE where it holds junctions (only rows that lack both are completed
# then), NULL where its definition is not known and most rows say.
#   cdr3     character
#   j_call   genes with or without alleles, several as gene_level() takes them
#   locus    "TRA", "TRB", ...; one for all or one a row; "" not known
complete_anchors <- function(cdr3, j_call = NULL, locus = "", lacks = TRUE) {
    with_ends(cdr3, j_call, locus, lacks)$cdr3
}

# What tells them, as messages say.
ends_told <- paste("(C; F or W by the J gene, else the locus, else the letters",
    "before)")

# list(cdr3, unknown): which of them lack an end that nothing tells. Without a
# J gene the locus may, or else two letters in front of it.
with_ends <- function(cdr3, j_call, locus, lacks) {
    there <- which(!is.na(cdr3) & nzchar(cdr3))
    if (!length(there)) return(list(cdr3 = cdr3, unknown = integer()))
    own <- capitals(cdr3[there])
    genes <- if (is.null(j_call)) rep_len("", length(there)) else
        gene_level(j_call[there], "gene")
    locus <- rep_len(locus, length(cdr3))[there]
    end <- ends_of_junctions(own, genes, locus)
    begins <- startsWith(own, "C")
    undecided <- is.na(end$lacks)
    votes <- if (is.null(lacks)) end$lacks[!begins & !undecided] else lacks
    most <- !length(votes) || mean(votes) >= 0.5
    end$lacks[undecided] <- !begins[undecided] & most
    # In a column of junctions a row that lacks one end only is what it is.
    junctions <- identical(lacks, FALSE)
    if (junctions) end$lacks <- end$lacks & !begins
    first <- !begins & (!junctions | end$lacks)
    cdr3[there] <- paste0(
        ifelse(first, "C", ""), own, ifelse(end$lacks, end$anchor, "")
    )
    list(cdr3 = cdr3, unknown = there[end$lacks & !end$known])
}

# For each CDR3 whether it `lacks` the conserved residue of its J gene (NA
# where the gene does not say), which that is, and whether that is `known`.
ends_of_junctions <- function(cdr3, genes, locus) {
    n <- nchar(cdr3)
    tail <- substr(cdr3, pmax(1L, n - 4L), n)
    table <- j_end_table()
    end <- list(lacks = logical(length(cdr3)),
        anchor = character(length(cdr3)), known = logical(length(cdr3)))
    for (rows in split(seq_along(cdr3), paste(genes, locus))) {
        ends <- possible_ends(genes[rows[1L]], locus[rows[1L]], table)
        distinct <- unique(tail[rows])
        found <- judge_ends(distinct, ends)
        at <- match(tail[rows], distinct)
        end$lacks[rows] <- found$lacks[at]
        end$anchor[rows] <- found$anchor[at]
        end$known[rows] <- (length(ends$own) > 0L || ends$alike |
            found$letters >= 2L)[at]
    }
    end
}

# The ends of the genes, and of all genes of the locus, for a gene may be told
# wrongly; whether all of these have one conserved residue.
possible_ends <- function(genes, locus, table) {
    names <- strsplit(genes, ",", fixed = TRUE)[[1L]]
    locus <- c(locus, substr(names, 1L, 3L))
    own <- table$gene %in% names
    near <- table$locus %in% locus
    if (!any(near)) near <- startsWith(table$locus, "TR")
    last <- substring(table$end[near], nchar(table$end[near]))
    list(own = unique(table$end[own]), near = unique(table$end[near]),
        alike = length(unique(last)) == 1L)
}

# A tail that has more letters of a gene's end in common when the conserved
# residue is counted has it; one that has more without it lacks it.
judge_ends <- function(tail, ends) {
    near <- matched_ends(tail, ends$near)
    if (!length(ends$own)) return(near)
    own <- matched_ends(tail, ends$own)
    # One letter more is chance.
    better <- near$letters >= own$letters + 2L
    own[better, ] <- near[better, ]
    own
}

matched_ends <- function(tail, ends) {
    most <- function(ends) {
        common <- vapply(ends, common_letters, integer(length(tail)), tail)
        dim(common) <- c(length(tail), length(ends))
        best <- max.col(common, "first")
        list(at = best, letters = common[cbind(seq_along(tail), best)])
    }
    size <- nchar(ends)
    anchor <- substr(ends, size, size)
    has <- most(ends)
    lacking <- most(substr(ends, 1L, size - 1L))
    usual <- names(which.max(table(anchor)))
    data.frame(
        letters = pmax(has$letters, lacking$letters),
        lacks = ifelse(has$letters == lacking$letters, NA,
            lacking$letters > has$letters),
        anchor = ifelse(lacking$letters > 0L, anchor[lacking$at], usual)
    )
}

# How many last letters of each tail are those of an end.
common_letters <- function(end, tail) {
    size <- nchar(tail)
    own <- nchar(end)
    found <- integer(length(tail))
    for (i in seq_len(own)) {
        at <- size - i + 1L
        same <- at > 0L & found == i - 1L &
            substr(tail, at, at) == substr(end, own - i + 1L, own - i + 1L)
        found[same] <- i
    }
    found
}
