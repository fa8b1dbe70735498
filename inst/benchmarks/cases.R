# What is measured. Each case is a list:
#   n, threads  what it says
#   run         function(folder) doing the work once; returns the seconds that
#               count, so that reading the input does not
#   against     the case whose median its own is divided by, and `as` what
#               that is: a "rival", a "bound", or the same work done otherwise
#   runs        how many, where the usual 5 would take too long
#   processes   TRUE: each run in a process of its own (whole runs, for their
#               peak memory); FALSE: all runs in one
#   quick       part of the quick benchmarks
#   prepare     function(folder) making what `run` reads, in another process
library(clustcr)

seconds <- function(expression) {
    begin <- Sys.time()
    force(expression)
    as.numeric(difftime(Sys.time(), begin, units = "secs"))
}

# The README's block: train, precluster file by file, cluster, write.
# With `durable` into a folder that is not temporary, so that all is flushed to
# the disk before a batch is committed.
whole_run <- function(files, n, threads, sample = readCdr3(files[1]),
                      durable = FALSE, ...) {
    force(files)  # making them does not count
    out <- tempfile(fileext = ".tsv")
    directory <- if (durable) file.path(dirname(files[1]), "store")
    unlink(directory, recursive = TRUE)
    seconds({
        clustering <- Clustering(
            faiss_training_data = sample, fitting_data_size = n,
            max_sequence_size = 32, n_cpus = threads, directory = directory, ...
        )
        for (file in files) {
            clustering$batch_precluster(readCdr3(file), name = file)
        }
        while (!is.null(clusters <- clustering$batch_cluster())) {
            data.table::fwrite(clusters, out, append = TRUE)
        }
        clustering$batch_cleanup()
    })
}

whole_case <- function(files, n, threads = 2, ..., against = NULL, as = NULL,
                       quick = FALSE, runs = NULL) {
    list(
        n = n, threads = threads, processes = TRUE, against = against,
        as = as, quick = quick, runs = runs,
        run = function(folder) whole_run(files(folder), n, threads, ...)
    )
}

# Clustering alone: what two threads can share.
clustering_only <- function(folder, threads) {
    x <- unlist(lapply(hip_files(folder), function(f) readCdr3(f)$junction_aa))
    clustering <- Clustering(
        faiss_training_data = x[1:50000], fitting_data_size = length(x),
        max_sequence_size = 32, n_cpus = threads, borders = "cut"
    )
    clustering$batch_precluster(x)
    time <- seconds(while (!is.null(clustering$batch_cluster())) NULL)
    clustering$batch_cleanup()
    time
}

golden_sequences <- function(name) {
    file <- file.path(
        Sys.getenv("CLUSTCR_SHARED"), "golden",
        paste0(name, "_sequences.txt.gz")
    )
    data.table::fread(cmd = paste("gzip -dc", shQuote(file)), header = FALSE,
        sep = "\n")[[1]]
}

# A graph, its nodes numbered from 1.
numbered_graph <- function(junction_aa) {
    junction_aa <- sort(unique(junction_aa), method = "radix")
    c(list(junction_aa = junction_aa), graph_pairs(junction_aa, 2L))
}

# The pairs as numbers, without R's strings of them.
graph_pairs <- function(junction_aa, threads, distance = "hamming",
                        max_distance = 1) {
    clustcr:::cpp_neighbour_pairs(
        junction_aa, character(),
        list(distance = distance, max_distance = max_distance,
            missing_genes_match = TRUE, ambiguous_genes_match = FALSE),
        threads
    )
}

graph_case <- function(distance, max_distance, against = NULL, as = NULL,
                       runs = NULL) {
    list(
        n = 1e6, threads = 2, against = against, as = as, runs = runs,
        run = function(folder) {
            x <- real_sequences(folder)
            seconds(graph_pairs(x, 2L, distance, max_distance))
        }
    )
}

# What an R user has for Levenshtein: stringdist's matrix of all pairs.
stringdist_lv_seconds <- function(junction_aa) {
    seconds(stringdist::stringdistmatrix(junction_aa, junction_aa, "lv",
        nthread = 2) == 1)
}

# Receptors with genes, from a data.frame to clusters, in batches.
receptor_run <- function(folder, ...) {
    x <- lapply(real_files(folder), function(f) {
        suppressMessages(readCdr3(f))[c("junction_aa", "v_call")]
    })
    seconds({
        clustering <- Clustering(n_cpus = 2, ...)
        for (i in seq_along(x)) {
            clustering$batch_precluster(x[[i]], as.character(i))
        }
        while (!is.null(clustering$batch_cluster())) NULL
        clustering$batch_cleanup()
    })
}

receptor_case <- function(..., against = NULL, as = NULL) {
    list(
        n = 1e6, threads = 2, processes = TRUE, against = against, as = as,
        run = function(folder) receptor_run(folder, ...)
    )
}

# Two million new receptors against the clusters of a million, and what one
# would do without: clustering all of them again.
new_receptors <- function(folder) {
    tables <- lapply(olga_files(folder)[1:8], function(f) {
        suppressMessages(readCdr3(f))[c("junction_aa", "v_call")]
    })
    as.data.frame(data.table::rbindlist(tables))
}

clusters_of_a_million <- function(folder) {
    directory <- file.path(folder, "assignment")
    if (!dir.exists(directory)) {
        clustering <- Clustering(method = "mcl", n_cpus = 2,
            mcl_params = c(1.5, 2), directory = directory)
        for (file in real_files(folder)) {
            clustering$batch_precluster(readCdr3(file), basename(file))
        }
        while (!is.null(clustering$batch_cluster())) NULL
    }
    openClusters(directory)
}

assignment_seconds <- function(folder) {
    clusters <- clusters_of_a_million(folder)
    new <- new_receptors(folder)
    seconds(assignClusters(clusters, new, n_cpus = 2))
}

clustering_again_seconds <- function(folder) {
    old <- lapply(real_files(folder), readCdr3)
    new <- new_receptors(folder)
    seconds({
        clustering <- Clustering(method = "mcl", n_cpus = 2,
            mcl_params = c(1.5, 2))
        for (i in seq_along(old)) {
            clustering$batch_precluster(old[[i]], as.character(i))
        }
        clustering$batch_precluster(new, "new")
        while (!is.null(clustering$batch_cluster())) NULL
        clustering$batch_cleanup()
    })
}

mcl_seconds <- function(junction_aa, threads) {
    g <- numbered_graph(junction_aa)
    seconds(clustcr:::cpp_mcl(
        length(g$junction_aa), g$from, g$to, c(1.2, 2), threads
    ))
}

hip_sequences <- function(folder) {
    unlist(lapply(hip_files(folder), function(f) readCdr3(f)$junction_aa))
}

# Debian's mcl on the same edges with the same inflation, its pruning scheme 6
# (what it does unless told otherwise), one thread.
debian_mcl_seconds <- function(junction_aa) {
    g <- numbered_graph(junction_aa)
    abc <- tempfile(fileext = ".abc")
    data.table::fwrite(data.frame(g$from, g$to), abc, sep = "\t",
        col.names = FALSE)
    seconds(system2(
        "mcl", c(abc, "--abc", "-I", "1.2", "-scheme", "6", "-te", "1", "-o",
            tempfile()),
        stdout = FALSE, stderr = FALSE
    ))
}

# What an R user would write: stringdist's pairs, length by length, and
# igraph's components in place of MCL, for igraph has none.
r_pipeline_seconds <- function(junction_aa) {
    junction_aa <- unique(junction_aa)
    seconds({
        edges <- lapply(split(junction_aa, nchar(junction_aa)), function(x) {
            d <- stringdist::stringdistmatrix(x, x, "hamming", nthread = 1)
            at <- which(d == 1 & upper.tri(d), arr.ind = TRUE)
            data.frame(from = x[at[, 1]], to = x[at[, 2]])
        })
        graph <- igraph::graph_from_data_frame(do.call(rbind, edges), FALSE)
        igraph::components(graph)
    })
}

# The same with ours, with MCL.
pipeline_seconds <- function(junction_aa) {
    force(junction_aa)
    seconds(markovClustering(hammingGraph(junction_aa)))
}

real_sequences <- function(folder) {
    x <- unlist(lapply(real_files(folder), function(f) readCdr3(f)$junction_aa))
    unique(x[nchar(x) <= 32])
}

# Assignment to `k` centroids, drawn from the sequences themselves.
centroids_of <- function(x, k) {
    set.seed(1)
    t(encodeCdr3(sample(x, k), 32))
}

assign_seconds <- function(folder, n, k) {
    x <- utils::head(real_sequences(folder), n)
    centroids <- centroids_of(x, k)
    assign <- function(x) {
        seconds(clustcr:::cpp_assign(x, 32L, centroids, 1L))
    }
    # Without what a run does once: building the tables of the centroids. Ten
    # times, as that spreads as much as one time takes with 20,000 of them.
    (assign(rep(x, 10)) - assign(x[1])) / 10
}

# Programs of bounds.cpp. They print their seconds.
bound <- function(...) {
    out <- system2(Sys.getenv("CLUSTCR_BOUNDS"), c(...), stdout = TRUE)
    as.numeric(out[1])
}

faiss_seconds <- function(folder, n, k) {
    x <- utils::head(real_sequences(folder), n)
    write_floats <- function(x) {
        file <- tempfile()
        writeBin(as.vector(x), file, size = 4)
        file
    }
    whole <- function(x) format(x, scientific = FALSE)
    bound(
        "faiss", write_floats(t(encodeCdr3(x, 32))), whole(n),
        write_floats(centroids_of(x, k)), whole(k)
    )
}

assign_case <- function(n, k) {
    list(
        n = n, threads = 1, against = sprintf("faiss_flat_%d", k),
        as = "rival", quick = k == 200,
        run = function(folder) assign_seconds(folder, n, k)
    )
}

faiss_case <- function(n, k) {
    list(
        n = n, threads = 1, quick = k == 200,
        run = function(folder) faiss_seconds(folder, n, k)
    )
}

# Writing the store: preclustering into a folder on disk, with everything
# flushed before a commit, and into the session's temporary folder, without.
precluster_seconds <- function(folder, directory) {
    x <- lapply(real_files(folder), readCdr3)
    if (!is.null(directory)) unlink(directory, recursive = TRUE)
    clustering <- Clustering(
        faiss_training_data = x[[1]], fitting_data_size = 1e6,
        max_sequence_size = 32, n_cpus = 2, directory = directory
    )
    time <- seconds(for (i in 1:10) {
        clustering$batch_precluster(x[[i]], name = as.character(i))
    })
    clustering$batch_cleanup()
    time
}

# The bytes of the same store in ten parts, each flushed.
dd_seconds <- function(folder) {
    bytes <- sum(vapply(real_files(folder), function(f) {
        x <- readCdr3(f)
        sum(nchar(x$junction_aa) + nchar(x$v_call)) + 5 * nrow(x)
    }, 0))
    file <- file.path(folder, "dd")
    on.exit(unlink(file))
    seconds(for (i in 1:10) {
        system2("dd", c("if=/dev/zero", paste0("of=", file), "bs=1M",
            paste0("count=", ceiling(bytes / 10 / 2^20)),
            "conv=fsync,notrunc", "oflag=append"), stderr = FALSE)
    })
}

cases <- list(
    hip_batch_run = whole_case(hip_files, 245644, borders = "cut",
        quick = TRUE),
    hip_batch_run_join = whole_case(hip_files, 245644, borders = "join",
        against = "hip_batch_run", as = "cut", quick = TRUE),
    real_1m_batch_run = whole_case(real_files, 1e6, borders = "cut"),
    real_1m_batch_run_durable = whole_case(real_files, 1e6, durable = TRUE,
        borders = "cut",
        against = "real_1m_batch_run", as = "no flushing"),
    real_1m_batch_run_join = whole_case(real_files, 1e6, borders = "join",
        against = "real_1m_batch_run", as = "cut"),
    mcl_hip60k_debian = list(n = 60000, threads = 1, quick = TRUE,
        run = function(folder) debian_mcl_seconds(golden_sequences("hip60k"))),
    mcl_hip60k = list(n = 60000, threads = 1, against = "mcl_hip60k_debian",
        as = "rival", quick = TRUE,
        run = function(folder) mcl_seconds(golden_sequences("hip60k"), 1L)),
    mcl_hip_1_thread = list(n = 123301, threads = 1,
        run = function(folder) mcl_seconds(hip_sequences(folder), 1L)),
    mcl_hip_2_threads = list(n = 123301, threads = 2,
        against = "mcl_hip_1_thread", as = "1 thread",
        run = function(folder) mcl_seconds(hip_sequences(folder), 2L)),
    clustering_1_thread = list(n = 245644, threads = 1,
        run = function(folder) clustering_only(folder, 1)),
    clustering_2_threads = list(n = 245644, threads = 2,
        against = "clustering_1_thread", as = "1 thread",
        run = function(folder) clustering_only(folder, 2)),
    radix_sort_1m = list(n = 1e6, threads = 1, quick = TRUE,
        run = function(folder) {
            bound("sort", format(sum(nchar(real_sequences(folder)))))
        }),
    hamming_graph_1m = list(n = 1e6, threads = 1, against = "radix_sort_1m",
        as = "sorting", quick = TRUE, run = function(folder) {
            x <- real_sequences(folder)
            seconds(graph_pairs(x, 1L))
        }),
    graph_hamming_1 = graph_case("hamming", 1),
    graph_levenshtein_1 = graph_case("levenshtein", 1, "graph_hamming_1",
        "Hamming 1"),
    graph_hamming_2 = graph_case("hamming", 2, "graph_hamming_1", "Hamming 1"),
    stringdist_lv_10k = list(n = 10000, threads = 2, run = function(folder) {
        stringdist_lv_seconds(utils::head(real_sequences(folder), 10000))
    }),
    levenshtein_10k = list(n = 10000, threads = 2,
        against = "stringdist_lv_10k", as = "rival", run = function(folder) {
            x <- utils::head(real_sequences(folder), 10000)
            seconds(graph_pairs(x, 2L, "levenshtein"))
        }),
    real_1m_components = receptor_case(method = "components"),
    real_1m_mcl = receptor_case(method = "mcl"),
    real_1m_mcl_v_gene = receptor_case(method = "mcl", v_gene = "gene",
        against = "real_1m_mcl", as = "without genes"),
    clustering_again_3m = list(n = 3e6, threads = 2, runs = 1,
        processes = TRUE, run = clustering_again_seconds),
    assign_2m_to_1m = list(n = 2e6, threads = 2, processes = TRUE,
        against = "clustering_again_3m", as = "rival",
        run = assignment_seconds),
    faiss_flat_200 = faiss_case(200000, 200),
    assign_200 = assign_case(200000, 200),
    faiss_flat_4096 = faiss_case(50000, 4096),
    assign_4096 = assign_case(50000, 4096),
    faiss_flat_20000 = faiss_case(20000, 20000),
    assign_20000 = assign_case(20000, 20000),
    store_dd = list(n = 1e6, threads = 1, run = dd_seconds),
    store_temporary = list(n = 1e6, threads = 2,
        run = function(folder) precluster_seconds(folder, NULL)),
    store_durable = list(n = 1e6, threads = 2, against = "store_dd",
        as = "bound", run = function(folder) {
            precluster_seconds(folder, file.path(folder, "store"))
        }),
    r_pipeline_5k = list(n = 5000, threads = 1, quick = TRUE,
        run = function(folder) {
            r_pipeline_seconds(utils::head(hip_sequences(folder), 5000))
        }),
    clustcr_5k = list(n = 5000, threads = 1, against = "r_pipeline_5k",
        as = "rival", quick = TRUE, run = function(folder) {
            pipeline_seconds(utils::head(hip_sequences(folder), 5000))
        }),
    r_pipeline_20k = list(n = 20000, threads = 1, run = function(folder) {
        r_pipeline_seconds(golden_sequences("hip20k"))
    }),
    clustcr_20k = list(n = 20000, threads = 1, against = "r_pipeline_20k",
        as = "rival", run = function(folder) {
            pipeline_seconds(golden_sequences("hip20k"))
        })
)
for (size in c(125000, 250000, 500000, 1e6, 2e6, 5e6)) {
    for (borders in c("cut", "join")) {
        name <- sprintf("scaling_%s_%s", borders,
            format(size, scientific = FALSE))
        cases[[name]] <- local({
            size <- size
            borders <- borders
            whole_case(function(folder) scaling_files(size, folder), size,
                borders = borders, runs = if (size > 1e6) 1 else 3)
        })
    }
}
source(file.path(here, "cases_scale.R"))
source(file.path(here, "cases_samples.R"))
