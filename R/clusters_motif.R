# What the members of a cluster look like: residues counted by position, and
# the consensus motif that they make.

# The one order of residues here; a 21st row counts whatever is none.
residue_letters <- strsplit("ACDEFGHIKLMNPQRSTVWY", "", fixed = TRUE)[[1L]]

# The consensus motif of each cluster, in the order of unique(cluster). Each
# different CDR3 of a cluster counts once. A position is
#     A       if more than `cutoff` of the members have A there;
#     a       if A and the next residue together have more, and A at least
#             twice as much as it;
#     [AB]    if together they have more, the more frequent first (of equal
#             ones the first in the alphabet);
#     .       otherwise.
# Of members of different lengths those of the commonest length count, of
# equally common ones the shorter. Pairs have a motif for each chain, with
# the separator between.
cluster_motifs <- function(junction_aa, cluster, cutoff = 0.7) {
    own <- match(cluster, unique(cluster))
    n <- max(own, 0L)
    if (!n) return(character())
    if (!any(grepl(chain_separator, junction_aa, fixed = TRUE))) {
        return(chain_motifs(junction_aa, own, n, cutoff))
    }
    # A pair counts once, so that a chain that is in two of them counts twice.
    once <- first_rows(own, junction_aa)
    chains <- split_chains(junction_aa[once])
    motifs <- lapply(chains, chain_motifs, own[once], n, cutoff, FALSE)
    paste(motifs[[1L]], motifs[[2L]], sep = chain_separator)
}

chain_motifs <- function(junction_aa, own, n, cutoff, distinct = TRUE) {
    motif <- character(n)
    # Whole clusters of some ten thousand members at a time: of each position
    # all residues are counted, which takes far more memory than the members.
    parts <- cluster_parts(own, n)
    from <- vapply(parts, `[[`, 1L, "from")
    inside <- split(seq_along(own), factor(findInterval(own, from),
        seq_along(parts)))
    for (i in seq_along(parts)) {
        part <- parts[[i]]
        at <- inside[[i]]
        profile <- cluster_profiles(junction_aa[at], own[at] - part$from + 1L,
            part$to - part$from + 1L, distinct)
        motif[part$from:part$to] <- motifs_of(profile, cutoff)
    }
    motif
}

cluster_parts <- function(own, n, rows = 2e4) {
    after <- cumsum(as.numeric(tabulate(own, n)))
    last <- which(!duplicated(after %/% rows, fromLast = TRUE))
    Map(function(from, to) list(from = from, to = to),
        c(1L, last[-length(last)] + 1L), last)
}

# Residues by position: list(counts, cluster, position, members, length).
# `counts` has a row for each residue and one for others, a column for each
# position of each cluster, and `cluster` (1 to n) and `position` say which it
# is. `members` and `length` are of each cluster: how many there are of the
# commonest length, and this length.
cluster_profiles <- function(junction_aa, own, n, distinct = TRUE) {
    if (distinct) {
        once <- first_rows(own, junction_aa)
        junction_aa <- junction_aa[once]
        own <- own[once]
    }
    found <- commonest_length(nchar(junction_aa, "bytes"), own, n)
    kept <- nchar(junction_aa, "bytes") == found$length[own]
    own <- own[kept]
    length <- found$length
    first <- cumsum(c(0, length))
    # All residues in a row; what they are, and in which column they count.
    bytes <- as.integer(charToRaw(paste(junction_aa[kept], collapse = "")))
    codes <- rep(21L, 256L)
    codes[utf8ToInt(paste(residue_letters, collapse = ""))] <- 1:20
    column <- rep(first[own], length[own]) + sequence(length[own])
    columns <- first[n + 1L]
    counts <- tabulate((column - 1) * 21 + codes[bytes], columns * 21)
    list(
        counts = matrix(counts, 21L, columns),
        cluster = rep(seq_len(n), length), position = sequence(length),
        members = found$members, length = length
    )
}

# The commonest length of each cluster, of equally common ones the shorter:
# data.frame(length, members).
commonest_length <- function(length, own, n) {
    # From 1, as contingency() asks for: a chain of a pair may be lacking.
    cells <- contingency(own, length + 1L)
    order <- order(cells$a, -cells$n, cells$b)
    best <- order[!duplicated(cells$a[order])]
    found <- data.frame(length = rep(0L, n), members = rep(0L, n))
    found$length[cells$a[best]] <- as.integer(cells$b[best]) - 1L
    found$members[cells$a[best]] <- as.integer(cells$n[best])
    found
}

motifs_of <- function(profile, cutoff) {
    two <- two_commonest(profile$counts[1:20, , drop = FALSE])
    # Rounding must not put a share that is the cut-off above it.
    needed <- cutoff * profile$members[profile$cluster] * (1 + 1e-12)
    first <- residue_letters[two$first]
    text <- rep(".", length(first))
    both <- two$n_first + two$n_second > needed
    text[both] <- paste0("[", first[both], residue_letters[two$second[both]],
        "]")
    twice <- both & two$n_first >= 2 * two$n_second
    text[twice] <- small_letters(first[twice])
    clear <- two$n_first > needed
    text[clear] <- first[clear]
    n <- length(profile$length)
    # A factor, without looking the numbers up among themselves.
    cluster <- structure(profile$cluster, levels = as.character(seq_len(n)),
        class = "factor")
    vapply(split(text, cluster), paste, "", collapse = "", USE.NAMES = FALSE)
}

# The two largest rows of each column, of equal ones the upper one first.
two_commonest <- function(counts) {
    cells <- which(counts > 0) - 1L
    column <- cells %/% nrow(counts) + 1L
    order <- order(column, -counts[cells + 1L], method = "radix")
    row <- (cells %% nrow(counts) + 1L)[order]
    n <- counts[cells + 1L][order]
    column <- column[order]
    at <- which(!duplicated(column))
    # Nothing but other letters has no column here.
    one <- rep(1L, ncol(counts))
    found <- data.frame(first = one, n_first = 0 * one, second = one,
        n_second = 0 * one)
    found$first[column[at]] <- row[at]
    found$n_first[column[at]] <- n[at]
    at <- at[at < length(column)] + 1L
    at <- at[column[at] == column[at - 1L]]
    found$second[column[at]] <- row[at]
    found$n_second[column[at]] <- n[at]
    found
}

# The most common gene of each cluster, of different members.
main_gene <- function(call, junction_aa, own, n) {
    found <- data.frame(gene = rep(NA_character_, n), purity = rep(NA_real_, n))
    if (is.null(call)) return(found)
    gene <- without_allele(call)
    gene[gene %in% c("", chain_separator)] <- NA
    once <- !is.na(gene) & first_rows(own, junction_aa, gene)
    if (!any(once)) return(found)
    genes <- sort(unique(gene[once]), method = "radix")
    cells <- contingency(own[once], match(gene[once], genes))
    order <- order(cells$a, -cells$n, cells$b)
    best <- order[!duplicated(cells$a[order])]
    total <- tabulate(own[once], n)
    found$gene[cells$a[best]] <- genes[cells$b[best]]
    found$purity[cells$a[best]] <- cells$n[best] / total[cells$a[best]]
    found
}

main_member <- function(junction_aa, count, own) {
    if (is.null(count)) {
        count <- rep(1, length(own))
    } else {
        count <- check_counts(count, "clusters")
        count[is.na(count)] <- 1
    }
    members <- sort(unique(junction_aa), method = "radix")
    pair <- (own - 1) * length(members) + match(junction_aa, members)
    pairs <- unique(pair)
    sums <- as.vector(rowsum(count, match(pair, pairs)))
    of_cluster <- (pairs - 1) %/% max(length(members), 1)
    member <- (pairs - 1) %% max(length(members), 1) + 1
    order <- order(of_cluster, -sums, member)
    members[member[order[!duplicated(of_cluster[order])]]]
}
