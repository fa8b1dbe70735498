# Rscript check_generator.R [n] [seed]: builds generator.cpp, draws n receptors
# (default: as many as the reference has) and compares them with
# olga_trb_5m.tsv.gz: usage of V and J, lengths, residues at each position of
# each length, and how many are distinct. Two samples of one distribution
# differ by chance: p values are uniform, and |z| over 5 is an error of the
# model. Prints a line a comparison; fails when one is beyond chance.
#
# The reference are plain draws (4,545,022 distinct CDR3s in 5,000,000 rows), so
# ours are too. Where only distinct ones are compared, frequent CDR3s (short,
# few insertions) weigh less on both sides, and alike only for equal n.
args <- commandArgs(TRUE)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
library(data.table)

draw <- function(n, seed) {
    model <- dirname(shared_data("olga_human_trb/model_params.txt"))
    file <- tempfile(fileext = ".tsv")
    on.exit(unlink(file))
    seconds <- system.time(status <- system2(build_generator(),
        c(shQuote(model), format(n, scientific = FALSE), seed),
        stdout = file))[["elapsed"]]
    if (status != 0) stop("the generator failed")
    cat(sprintf("%.0f receptors in %.1f s: %.1f million a minute\n", n,
        seconds, n / seconds * 60 / 1e6))
    fread(file, sep = "\t")
}

# Two samples of counts: chi-square of homogeneity over cells that are expected
# five times or more in both (the others in one), the largest difference of
# frequencies, and the largest difference in standard errors.
compare <- function(what, ours, theirs) {
    cells <- union(names(ours), names(theirs))
    counts <- rbind(ours[cells], theirs[cells])
    counts[is.na(counts)] <- 0
    expected <- outer(rowSums(counts), colSums(counts)) / sum(counts)
    rare <- apply(expected, 2, min) < 5
    if (any(rare)) {
        counts <- cbind(counts[, !rare, drop = FALSE],
            rowSums(counts[, rare, drop = FALSE]))
        counts <- counts[, colSums(counts) > 0, drop = FALSE]
        expected <- outer(rowSums(counts), colSums(counts)) / sum(counts)
    }
    frequency <- counts / rowSums(counts)
    pooled <- colSums(counts) / sum(counts)
    error <- sqrt(pooled * (1 - pooled) * sum(1 / rowSums(counts)))
    difference <- frequency[1, ] - frequency[2, ]
    z <- ifelse(error > 0, difference / error, 0)
    chi <- sum((counts - expected)^2 / expected)
    data.table(
        what = what, cells = ncol(counts), chi = chi, df = ncol(counts) - 1,
        p = if (ncol(counts) > 1) {
            stats::pchisq(chi, ncol(counts) - 1, lower.tail = FALSE)
        } else {
            1
        },
        deviation = max(abs(difference)), z = max(abs(z))
    )
}

count <- function(x) {
    counts <- table(x)
    stats::setNames(as.numeric(counts), names(counts))
}

# Residues at each position, apart for each common length.
positions <- function(ours, theirs) {
    lengths <- count(nchar(theirs$junction_aa))
    common <- as.integer(names(lengths)[lengths >= 0.005 * sum(lengths)])
    rbindlist(lapply(common, function(n) {
        a <- ours$junction_aa[nchar(ours$junction_aa) == n]
        b <- theirs$junction_aa[nchar(theirs$junction_aa) == n]
        rbindlist(lapply(seq_len(n), function(i) {
            compare(sprintf("length %d, position %d", n, i),
                count(substr(a, i, i)), count(substr(b, i, i)))
        }))
    }))
}

theirs <- as.data.table(read_shared("olga_trb_5m.tsv.gz"))
n <- if (length(args) > 0) as.numeric(args[1]) else nrow(theirs)
ours <- draw(n, if (length(args) > 1) args[2] else 1)

usage <- rbind(
    compare("v_call", count(ours$v_call), count(theirs$v_call)),
    compare("j_call", count(ours$j_call), count(theirs$j_call)),
    compare("v_call and j_call", count(paste(ours$v_call, ours$j_call)),
        count(paste(theirs$v_call, theirs$j_call))),
    compare("length", count(nchar(ours$junction_aa)),
        count(nchar(theirs$junction_aa)))
)
places <- positions(ours, theirs)
places <- places[df > 0]
for (i in seq_len(nrow(usage))) {
    with(usage[i], cat(sprintf(
        "%-18s %5d cells  chi2 %8.1f (df %d)  p %.3g  largest %.5f, z %.1f\n",
        what, cells, chi, df, p, deviation, z
    )))
}
cat(sprintf(paste(
    "%d positions: chi2 %.1f (df %d), p %.3g; p < 0.001 in %d (%.1f expected);",
    "largest deviation %.5f, z %.1f\n"
), nrow(places), sum(places$chi), sum(places$df),
stats::pchisq(sum(places$chi), sum(places$df), lower.tail = FALSE),
sum(places$p < 0.001), nrow(places) / 1000, max(places$deviation),
max(places$z)))
print(head(places[order(p)], 3), digits = 3)
if (n == nrow(theirs)) {
    cat(sprintf(
        "distinct CDR3s: %d of ours, %d of the reference; rows %d, %d\n",
        uniqueN(ours$junction_aa), uniqueN(theirs$junction_aa),
        uniqueN(ours), uniqueN(theirs)))
}
# Of some 30,000 cells by chance the largest |z| is about 4.3.
beyond <- c(usage$p < 1e-4, max(places$z) > 5.5)
if (any(beyond)) stop("the generator differs from the reference beyond chance")
