# Rscript receptors.R FOLDER [receptors] [samples] [runs]: associateReceptors()
# on a made-up cohort of OLGA's receptors, of which a fifth is in two samples or
# more. The cohort is clustered once, into FOLDER. Bound: the bytes of the units
# once through a checksum. Rivals, for half a million receptors or fewer: the
# balls of clustered receptors as one product of sparse matrices, and a loop of
# fisher.test(), extrapolated to all balls.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "memory.R"))
source(file.path(here, "data.R"))
library(clustcr)
args <- commandArgs(TRUE)
given <- function(i, default) {
    if (is.na(args[i])) default else as.numeric(args[i])
}
folder <- args[1]
n <- given(2, 5e6)
samples <- given(3, 1000)
runs <- given(4, 5)

make_cohort <- function(directory) {
    rows <- utils::head(read_shared("olga_trb_5m.tsv.gz"), n)
    rows <- unique(as.data.frame(rows)[c("junction_aa", "v_call")])
    set.seed(1)
    public <- stats::runif(nrow(rows)) < 0.22
    times <- ifelse(public,
        pmin(samples, 1 + ceiling(stats::runif(nrow(rows))^-0.75)), 1)
    of <- split(rep(seq_along(times), times),
        sample.int(samples, sum(times), TRUE))
    clustering <- Clustering(method = "components", v_gene = "gene",
        n_cpus = 2, directory = directory)
    for (sample in names(of)) {
        clustering$batch_precluster(rows[unique(of[[sample]]), ], sample)
    }
    clustering$batch_cluster_all(identity)
}

directory <- file.path(folder, sprintf("receptors_%d", n))
if (!dir.exists(directory)) make_cohort(directory)
x <- openClusters(directory)
case <- stats::setNames(rep_len(c(TRUE, FALSE), nrow(clusterSamples(x))),
    clusterSamples(x)$repertoire_id)
say <- function(what, expression) {
    times <- vapply(seq_len(runs), function(i) {
        begin <- proc.time()
        force(eval(expression))
        used <- proc.time() - begin
        c(used[["elapsed"]], sum(used[1:2]), used[["user.self"]])[1:2]
    }, numeric(2))
    cat(sprintf("%-42s %7.2f s, CPU %7.2f (%d runs)  peak %5.0f MB\n", what,
        stats::median(times[1, ]), stats::median(times[2, ]), runs,
        megabytes("VmHWM")))
}
cat(format(x@counts[["receptors"]], big.mark = ","), " receptors in ",
    nrow(clusterSamples(x)), " samples; peak before ",
    round(megabytes("VmHWM")), " MB\n", sep = "")
files <- list.files(file.path(directory, "runs"), "^[0-9]+[.]tsv$",
    recursive = TRUE, full.names = TRUE)
list <- tempfile()
writeLines(files, list)
say(sprintf("bound: %d files of units through cksum", length(files)), quote(
    system2("xargs", c("cksum", "<", list), stdout = FALSE)))
# What an R user would do: all links, one matrix, R's own test of some balls.
if (n <= 5e5) {
    members <- as.data.frame(x, columns = "sample_counts")
    rows <- clustcr:::by_sample(members, clusterSamples(x)$repertoire_id)
    say("rival: links, one matrix product", quote({
        name <- paste(members$junction_aa, members$v_call)
        links <- neighborGraph(members, v_gene = "gene")
        from <- match(paste(links$from, links$v_call), name)
        to <- match(paste(links$to, links$v_call), name)
        all <- seq_along(name)
        near <- Matrix::sparseMatrix(c(from, to, all), c(to, from, all), x = 1)
        present <- Matrix::sparseMatrix(match(paste(rows$junction_aa,
            rows$v_call), name), match(rows$repertoire_id, names(case)), x = 1,
        dims = c(length(name), length(case)))
        balls <<- (near %*% present)[Matrix::rowSums(present) >= 2, ]
    }))
}
for (threads in 1:2) {
    found <- NULL
    say(sprintf("balls, %d threads", threads), quote(found <<-
        associateReceptors(x, case, n_cpus = threads)))
}
# HLA alleles of the donors, all at once, and what takes one after the other.
set.seed(2)
alleles <- as.data.frame(lapply(rep_len(c(0.3, 0.1, 0.05, 0.02, 0.01), 250),
    function(share) stats::runif(length(case)) < share),
col.names = sprintf("A%03d", 1:250))
alleles$repertoire_id <- names(case)
age <- stats::setNames(stats::rnorm(length(case)), names(case))
site <- stats::setNames(rep_len(1:5, length(case)), names(case))
say("balls, 10 permutations, 2 threads", quote(associateReceptors(x, case,
    permutations = 10, n_cpus = 2)))
say("balls, 250 alleles, 2 threads", quote(associateReceptors(x, alleles,
    n_cpus = 2)))
say("balls, 250 alleles, 10 permutations", quote(associateReceptors(x, alleles,
    permutations = 10, n_cpus = 2)))
say("balls, 5 strata, 2 threads", quote(associateReceptors(x, case,
    strata = site, n_cpus = 2)))
say("balls, Spearman, 2 threads", quote(associateReceptors(x, age,
    test = "spearman", n_cpus = 2)))
if (n <= 5e5) {
    some <- as.matrix(balls[seq_len(300), ]) > 0
    used <- system.time(for (i in 1:300) {
        stats::fisher.test(table(factor(some[i, ], c(FALSE, TRUE)), case))
    })
    cat(sprintf("rival: fisher.test of %d balls, extrapolated: %.0f CPU s\n",
        nrow(found), sum(used[1:2]) * nrow(found) / 300))
}
cat(format(nrow(found), big.mark = ","), "balls of",
    format(sum(found$n_receptors), big.mark = ","), "receptors in",
    format(sum(found$n_samples), big.mark = ","), "samples\n")
