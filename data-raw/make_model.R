# Rscript data-raw/make_model.R: writes inst/extdata/made_up_model, a small
# model of V(D)J recombination for examples. Its letters and numbers are made
# up: they are of no species, and its probabilities mean nothing.
library(testthat)
source("tests/testthat/helper-data.R")
source("tests/testthat/helper-recombination.R")

# As short stretches are lost: most often few letters.
falling <- function(values, mean, rows, seed) {
    withr::with_seed(seed, {
        p <- t(replicate(rows, stats::dgeom(abs(values - 2), 1 / mean) *
            stats::runif(length(values), 0.5, 1.5)))
        signif(p / rowSums(p), 8)
    })
}

del <- c(-2:8)
v <- data.frame(
    name = c("TRBV5-1*01", "TRBV9*01", "TRBV9*02", "TRBV20-1*01", "TRBV28*01"),
    bases = c("GACTCTGCTTTATATTTTTGTGCTTCCAGTCTCGA",
        "GACACCGCTCTTTACTTTTGTGCTTCCAGTGTTAA",
        "GACACCGCTCTTTACTTTTGTGCATCCAGTGTAAA",
        "GATTCTTCTTTCTACATTTGTTCCGCACGAGA",
        "GACACTTCAATGTATTTGTGTGCAAGCTCACTATG"),
    anchor = 18, used = c("F", "F", "(F)", "F", "F"))
j <- data.frame(
    name = c("TRBJ1-1*01", "TRBJ1-2*01", "TRBJ2-1*01", "TRBJ2-7*01"),
    bases = c("TAACACAGAAGCATTTTTCGGTCAA", "CTAATTATGGTTATACATTTGGTAGC",
        "CATATAATGAACAATTTTTTGGACCA", "CATACGAACAATATTTTGGTCCT"),
    used = "F")
j$anchor <- c(16, 17, 17, 14)
ins <- 0:8
inserted <- signif(stats::dpois(ins, 3) / sum(stats::dpois(ins, 3)), 8)
spec <- list(
    v = v, j = j,
    d = data.frame(name = c("TRBD1*01", "TRBD2*01"),
        bases = c("GGTACTGGAGGA", "GGTCTTGCTGGTGGA")),
    v_del = del, j_del = del, ins = ins,
    v_p = matrix(c(0.25, 0.2, 0.05, 0.2, 0.3), 1),
    v_del_p = falling(del, 3, 5, 1), j_del_p = falling(del, 4, 4, 2),
    ins_p = matrix(inserted, 1), ins2_p = matrix(rev(rev(inserted)), 1),
    chain_p = rbind(c(0.3, 0.2, 0.3, 0.2), c(0.2, 0.4, 0.2, 0.2),
        c(0.2, 0.2, 0.4, 0.2), c(0.2, 0.3, 0.2, 0.3)),
    d5_del = 0:6, d3_del = 0:6, d5_p = falling(0:6, 3, 2, 3),
    d3_p = aperm(array(falling(0:6, 3, 14, 4), c(7, 2, 7)), c(2, 1, 3)),
    j_p = matrix(c(0.2, 0.15, 0.3, 0.35), 1),
    d_p = rbind(c(0.9, 0.1), c(0.9, 0.1), c(0.4, 0.6), c(0.5, 0.5)))
spec$chain2_p <- spec$chain_p[, 4:1]
folder <- "inst/extdata/made_up_model"
dir.create(folder, FALSE, TRUE)
write_model(spec, folder)
writeLines(c(
    "A model of V(D)J recombination for examples, written by",
    "`data-raw/make_model.R`. It is made up: letters and numbers are of no",
    "species, and only names are IMGT's. See `?recombinationModel` for where",
    "models are to be had."), file.path(folder, "README.md"))
