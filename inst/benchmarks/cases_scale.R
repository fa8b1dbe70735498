# Cases at scale, within a limit of memory: files are read one after the other,
# so that nobody holds all sequences. What they are compared with is in cases.R.

six_million_files <- function(folder) c(real_files(folder), olga_files(folder))

# Two batch runs together, in bounded memory.
six_million <- function(folder, borders, memory_limit = "512MB") {
    files <- six_million_files(folder)
    sample <- rbind(
        utils::head(readCdr3(files[1])["junction_aa"], 50000),
        utils::head(readCdr3(files[11])["junction_aa"], 250000)
    )
    whole_run(files, 6e6, 2, sample, borders = borders,
        memory_limit = memory_limit)
}

# The six million and as many distinct ones of the generator's as make ten.
ten_million_files <- function(folder) {
    c(six_million_files(folder), synthetic_files(5e6, folder))
}

# Of `files`, all but making them.
store_run <- function(files, method, memory_limit) {
    force(files)
    seconds({
        clustering <- Clustering(method = method, n_cpus = 2,
            memory_limit = memory_limit)
        for (file in files) clustering$batch_precluster(readCdr3(file), file)
        while (!is.null(clustering$batch_cluster())) NULL
        clustering$batch_cleanup()
    })
}

store_case <- function(files, n, method, memory_limit, runs = 1) {
    list(
        n = n, threads = 2, processes = TRUE, runs = runs,
        run = function(folder) store_run(files(folder), method, memory_limit)
    )
}

# The sequences of the largest component of `files`, which has n.
giant_sequences <- function(files, n, folder) {
    kept <- file.path(folder, sprintf("giant_%d.txt.gz", as.integer(n)))
    if (!file.exists(kept)) {
        x <- unlist(lapply(files, function(f) readCdr3(f)$junction_aa))
        g <- numbered_graph(x)
        graph <- igraph::make_graph(rbind(g$from, g$to),
            n = length(g$junction_aa), directed = FALSE)
        of <- igraph::components(graph)
        data.table::fwrite(list(
            g$junction_aa[of$membership == which.max(of$csize)]
        ), kept, col.names = FALSE, compress = "gzip")
    }
    readCdr3(kept)$junction_aa
}

# Clustering it alone: what threads can share, in memory and in files.
giant_case <- function(files, n, threads, memory_limit, runs = NULL,
                       against = NULL) {
    list(
        n = n, threads = threads, processes = TRUE, runs = runs,
        against = against, as = if (!is.null(against)) "1 thread",
        prepare = function(folder) giant_sequences(files(folder), n, folder),
        run = function(folder) {
            x <- giant_sequences(files(folder), n, folder)
            clustering <- Clustering(method = "mcl", n_cpus = threads,
                memory_limit = memory_limit)
            clustering$batch_precluster(x)
            time <- seconds(while (!is.null(clustering$batch_cluster())) NULL)
            clustering$batch_cleanup()
            time
        }
    )
}

cases <- c(cases, list(
    real_1m_mcl_256mb = store_case(real_files, 1e6, "mcl", "256MB", runs = 5),
    six_million = list(n = 6e6, threads = 2, processes = TRUE, runs = 3,
        against = "real_1m_batch_run", as = "1 M",
        run = function(folder) six_million(folder, "cut")),
    six_million_join = list(n = 6e6, threads = 2, processes = TRUE, runs = 1,
        against = "six_million", as = "cut",
        run = function(folder) six_million(folder, "join")),
    six_million_mcl = store_case(six_million_files, 6e6, "mcl", "512MB"),
    ten_million_components = store_case(ten_million_files, 1e7, "components",
        "1GB"),
    ten_million_mcl = store_case(ten_million_files, 1e7, "mcl", "1GB"),
    thirty_million_components = store_case(
        function(folder) synthetic_files(3e7, folder), 3e7, "components", "2GB"
    ),
    giant_1_thread = giant_case(real_files, 80450, 1, "4GB"),
    giant_2_threads = giant_case(real_files, 80450, 2, "4GB",
        against = "giant_1_thread"),
    giant_in_files_1_thread = giant_case(real_files, 80450, 1, "64MB"),
    giant_in_files_2_threads = giant_case(real_files, 80450, 2, "64MB",
        against = "giant_in_files_1_thread"),
    giant_6m_in_files_1_thread = giant_case(six_million_files, 471818, 1,
        "300MB", runs = 1),
    giant_6m_in_files_2_threads = giant_case(six_million_files, 471818, 2,
        "300MB", runs = 1, against = "giant_6m_in_files_1_thread")
))
