# Rscript stages.R n method [threads] [memory_limit] [inflation]: measures the
# stages of clustering n distinct synthetic CDR3s (of generator.cpp) out of core
# and appends a row to stages.tsv in `CLUSTCR_RESULTS` (default: this folder),
# from which cost_model.R makes its fit. Times are of the stage alone: wall
# clock and processor; reading files is part of preclustering, as for a user.
# The sequences lie in `CLUSTCR_BENCH`, 20 bytes each, and are used again.
args <- commandArgs(TRUE)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
source(file.path(here, "memory.R"))
library(clustcr)
n <- as.numeric(args[1])
method <- args[2]
threads <- if (length(args) > 2) as.integer(args[3]) else 2L
memory_limit <- if (length(args) > 3) args[4] else "1GB"
inflation <- if (length(args) > 4) as.numeric(args[5]) else 1.2
folder <- Sys.getenv("CLUSTCR_BENCH", file.path(tempdir(), "bench"))

stage <- function(expression) {
    begin <- proc.time()
    force(expression)
    used <- proc.time() - begin
    c(seconds = used[["elapsed"]],
        cpu = sum(used[c("user.self", "sys.self", "user.child", "sys.child")]))
}

files <- synthetic_files(n, folder)
directory <- tempfile("store-", folder)
base <- megabytes("VmRSS")
clustering <- Clustering(method = method, directory = directory,
    n_cpus = threads, memory_limit = memory_limit,
    mcl_params = c(inflation, 2))
precluster <- stage(for (file in files) {
    clustering$batch_precluster(suppressMessages(readCdr3(file)), name = file)
})
join <- stage(clustcr:::open_run(clustering, FALSE))
rows <- 0
units <- stage(clustering$batch_cluster_all(function(clusters) {
    rows <<- rows + nrow(clusters)
}))
peak <- megabytes("VmHWM")
disk <- sum(file.size(list.files(directory, recursive = TRUE,
    full.names = TRUE))) / 2^20
row <- data.frame(
    date = format(Sys.time(), "%Y-%m-%d %H:%M", tz = "UTC"), n = n,
    method = method, inflation = inflation, threads = threads,
    memory_limit = memory_limit, links = clustering$edges()$edges,
    clustered = rows, clusters = clustering$next_cluster - 1,
    t(round(c(precluster = precluster, join = join, units = units), 2)),
    base_mb = round(base), peak_mb = round(peak), disk_mb = round(disk)
)
clustering$batch_cleanup()
print(row, row.names = FALSE)
results <- file.path(Sys.getenv("CLUSTCR_RESULTS", here), "stages.tsv")
data.table::fwrite(row, results, append = file.exists(results), sep = "\t")
