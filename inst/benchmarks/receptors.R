# Rscript receptors.R FOLDER [receptors] [samples] [runs]: associateReceptors()
# on a made-up cohort of OLGA's receptors, of which a fifth is in two samples or
# more. The cohort is clustered once, into FOLDER. Rivals: the least it can
# take, which is the bytes of the units once through a checksum, and the same
# tests of the matrix of clusters alone.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "memory.R"))
source(file.path(here, "data.R"))
library(clustcr)
args <- commandArgs(TRUE)
given <- function(i, default) if (is.na(args[i])) default else
    as.numeric(args[i])
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
say("bound: the units' bytes, cksum", quote(system2("cksum",
    list.files(file.path(directory, "runs"), "[.]tsv$", recursive = TRUE,
        full.names = TRUE), stdout = FALSE)))
for (threads in 1:2) {
    found <- NULL
    say(sprintf("balls, %d threads", threads), quote(found <<-
        associateReceptors(x, case, n_cpus = threads)))
}
cat(format(nrow(found), big.mark = ","), "balls of",
    format(sum(found$n_receptors), big.mark = ","), "receptors in",
    format(sum(found$n_samples), big.mark = ","), "samples\n")
