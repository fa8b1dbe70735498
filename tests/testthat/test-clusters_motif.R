# Position by position, as the rule reads.
naive_motif <- function(members, cutoff = 0.7) {
    members <- unique(members)
    lengths <- table(nchar(members))
    length <- as.integer(names(lengths)[which.max(lengths)])
    members <- members[nchar(members) == length]
    text <- vapply(seq_len(length), function(i) {
        letters <- substr(members, i, i)
        counts <- sort(table(letters[letters %in% residues]),
            decreasing = TRUE)
        share <- c(counts / length(letters), 0, 0)
        # 7 of 10 are 0.7, whatever the rounding of the division.
        above <- function(x) x - cutoff > 1e-12
        if (above(share[[1]])) return(names(counts)[1])
        if (!above(share[[1]] + share[[2]])) return(".")
        if (counts[[1]] >= 2 * counts[[2]]) return(tolower(names(counts)[1]))
        paste0("[", names(counts)[1], names(counts)[2], "]")
    }, "")
    paste(text, collapse = "")
}

naive_motifs <- function(junction_aa, cluster, ...) {
    vapply(unique(cluster), function(one) {
        naive_motif(junction_aa[cluster == one], ...)
    }, "", USE.NAMES = FALSE)
}

test_that("a motif follows the published rule", {
    column <- function(text) strsplit(text, "")[[1]]
    # Members differ in the first position, so that each is another one.
    members <- function(residues) {
        residues <- column(residues)
        key <- sprintf("%04d", as.integer(rev(seq_along(residues))))
        paste0(residues, chartr("0123456789", "ACDEFGHIKL", key))
    }
    motif_of <- function(residues, ...) {
        text <- cluster_motifs(members(residues), rep(1, nchar(residues)), ...)
        sub("^(\\[..\\]|.).*", "\\1", text)
    }
    expect_identical(motif_of("AAAAAAAACC"), "A")
    # Seven of ten are not above 0.7.
    expect_identical(motif_of("AAAAAAACCC"), "a")
    expect_identical(motif_of("AAAAAACCCC"), "[AC]")
    expect_identical(motif_of("CCCCCCAAAA"), "[CA]")
    expect_identical(motif_of("CCCCCAAAAA"), "[AC]")
    # Six and three are 0.9 together, and the one is twice the other.
    expect_identical(motif_of("AAAAAACCCD"), "a")
    expect_identical(motif_of("AAAACCCDEF"), ".")
    expect_identical(motif_of("AAAACCCDDE"), ".")
    expect_identical(motif_of("AAAACCCCDE"), "[AC]")
    expect_identical(motif_of("AAAAAAACCC", cutoff = 0.5), "A")
})

test_that("motifs are those of looking at each cluster", {
    for (seed in 1:2) {
        junction_aa <- random_cdr3(600, seed, 7:9)
        cluster <- withr::with_seed(seed, sample(c(90:10, 5), 600, TRUE))
        expect_identical(cluster_motifs(junction_aa, cluster),
            naive_motifs(junction_aa, cluster))
        expect_identical(cluster_motifs(junction_aa, cluster, 0.4),
            naive_motifs(junction_aa, cluster, 0.4))
        # A CDR3 that has several rows counts once; order does not matter.
        twice <- withr::with_seed(seed, c(1:600, sample(600, 300, TRUE)))
        expect_identical(cluster_motifs(junction_aa[twice], cluster[twice]),
            cluster_motifs(junction_aa, cluster))
    }
})

test_that("a part after the other gives the same motifs", {
    junction_aa <- random_cdr3(500, 9, 7:9)
    cluster <- sort(withr::with_seed(9, sample(60, 500, TRUE)))
    own <- match(cluster, unique(cluster))
    parts <- cluster_parts(own, max(own), rows = 40)
    expect_gt(length(parts), 5)
    expect_identical(
        unlist(lapply(parts, function(part) part$from:part$to)),
        seq_len(max(own))
    )
    motifs <- lapply(parts, function(part) {
        inside <- own >= part$from & own <= part$to
        cluster_motifs(junction_aa[inside], cluster[inside])
    })
    expect_identical(unlist(motifs), cluster_motifs(junction_aa, cluster))
})

test_that("pairs, lengths, other letters and no rows have a motif", {
    expect_identical(
        cluster_motifs(c("CAVF:CASSF", "CAVF:CATSF", "CAF:CATSF"), c(1, 1, 1)),
        # Two of three are not above 0.7, but twice the other.
        "CAVF:CAtSF"
    )
    expect_identical(cluster_motifs(c("CASF", "CAF", "CTF"), c(2, 2, 2)),
        "C[AT]F")
    # Equally common: the shorter.
    expect_identical(cluster_motifs(c("CASF", "CAF"), c(2, 2)), "CAF")
    expect_identical(cluster_motifs(c("CAXF", "CAXF", "CATF"), c(2, 2, 2)),
        "CA.F")
    expect_identical(cluster_motifs("CASSF", "x"), "CASSF")
    expect_identical(cluster_motifs(character(), integer()), character())
    # A chain that is lacking.
    expect_identical(cluster_motifs(c(":CASSF", ":CATSF"), c(1, 1)),
        ":CA[ST]SF")
})
