# Rscript disk.R [rows] [folder]: reading and writing at the speed of the disk,
# each beside what R or gzip alone take for the same file, in turn, in a process
# of its own: medians of five, or one run where it takes longer than 20 s. Files
# of `rows` (a million unless told otherwise) are made in `folder`. With
# CLUSTCR_SHARED the files there are clustered, too.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "memory.R"))
made <- new.env()
# Of readers.R what makes files.
for (code in parse(file.path(here, "readers.R"))) {
    if (any(c("letters_of", "made_rows", "made_airr") %in%
        as.character(code[[2L]]))) eval(code, made)
}

# c(cpu, elapsed, peak) of what is done in a session that has loaded clustcr:
# seconds, of programs that it runs too, and MB above what it had.
measure <- function(fun, args) {
    callr::r(function(fun, args, megabytes) {
        suppressMessages(library(clustcr))
        before <- megabytes("VmHWM")
        time <- system.time(suppressMessages(do.call(fun, args)))
        c(cpu = sum(time[-3L]), elapsed = time[["elapsed"]],
            peak = megabytes("VmHWM") - before)
    }, list(fun, args, megabytes))
}

# One row for each of `ways`, in turn.
compare <- function(work, ways, args) {
    found <- lapply(ways, function(way) NULL)
    for (i in 1:5) {
        for (name in names(ways)) {
            found[[name]] <- rbind(found[[name]], measure(ways[[name]], args))
        }
        if (max(found[[1L]][, "elapsed"]) > 20) break
    }
    for (name in names(ways)) {
        median <- apply(found[[name]], 2L, stats::median)
        range <- range(found[[name]][, "elapsed"])
        cat(sprintf(
            "%-22s %-22s cpu %6.2f s  elapsed %6.2f s (%.2f-%.2f)  %4.0f MB\n",
            work, name, median[["cpu"]], median[["elapsed"]], range[1L],
            range[2L], median[["peak"]]
        ))
    }
}

to_store <- function(files) {
    x <- clustcr::Clustering(method = "components", n_cpus = 2)
    x$batch_precluster_files(files)
    x$batch_cleanup()
}

fread_columns <- function(files) {
    columns <- c("junction_aa", "v_call", "j_call", "duplicate_count",
        "locus", "productive")
    for (file in files) data.table::fread(file, sep = "\t", quote = "",
        select = columns, showProgress = FALSE, nThread = 2)
}

gzip_alone <- function(files) {
    system2("gzip", c("-dc", shQuote(files)), stdout = "/dev/null")
}

to_clusters <- function(file, memory_limit) {
    folder <- tempfile()
    clustcr::clusterRepertoires(file, directory = folder,
        method = "components", v_gene = "none", singletons = TRUE,
        n_cpus = 2, memory_limit = memory_limit,
        output = tempfile(fileext = ".tsv"))
}

fread_fwrite <- function(file, ...) {
    # Not by R.utils, of which it would want a copy on disk.
    table <- if (!endsWith(file, ".gz")) data.table::fread(file, nThread = 2,
        showProgress = FALSE)
    else data.table::fread(cmd = paste("gzip -dc", shQuote(file)),
        nThread = 2, showProgress = FALSE)
    data.table::fwrite(table, tempfile(fileext = ".tsv"), sep = "\t",
        nThread = 2, showProgress = FALSE)
}

args <- commandArgs(TRUE)
n <- if (length(args)) as.numeric(args[1]) else 1e6
folder <- if (length(args) > 1) args[2] else tempdir()
airr <- file.path(folder, "airr.tsv")
packed <- paste0(airr, ".gz")
if (!file.exists(airr)) made$made_airr(airr, n)
if (!file.exists(packed)) system2("gzip", c("-k", shQuote(airr)))
compare("AIRR to the store", list(clustcr = to_store,
    "fread(select = )" = fread_columns), list(airr))
compare("the same, gz", list(clustcr = to_store, "gzip -dc" = gzip_alone),
    list(packed))

small <- file.path(folder, "small")
if (!dir.exists(small)) {
    dir.create(small)
    for (i in 1:200) {
        made$made_airr(file.path(small, paste0(i, ".tsv")), 1000)
    }
}
compare("200 files of 1,000", list(clustcr = to_store,
    "fread(select = )" = fread_columns),
    list(list.files(small, full.names = TRUE)))

shared <- Sys.getenv("CLUSTCR_SHARED")
if (nzchar(shared)) {
    million <- file.path(shared, "data", "trb_real_1m.tsv.gz")
    ways <- list(clustcr = to_clusters, "fread() + fwrite()" = fread_fwrite)
    compare("a million, clusters", ways, list(million, "2GB"))
    distinct <- file.path(folder, "distinct.tsv")
    if (!file.exists(distinct)) {
        rows <- data.table::fread(file.path(shared, "data",
            "olga_trb_5m.tsv.gz"))
        data.table::fwrite(unique(rows, by = "junction_aa"), distinct,
            sep = "\t")
    }
    compare("4.5 million, clusters", ways, list(distinct, "512MB"))
}
