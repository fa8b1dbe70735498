# Cases of what clusters mean for samples: the matrix and the tests, of 10^6
# clusters in 1,000 samples.

# A run of about 10^6 clusters, made once: pairs of receptors, each in a sample
# or a few, more the rarer. Made in the temporary folder, where nothing is
# flushed, and moved.
many_clusters <- function(folder) {
    directory <- file.path(folder, "many_clusters")
    if (dir.exists(directory)) return(openClusters(directory))
    set.seed(1)
    n <- 1e6
    letters <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
    middle <- replicate(8, sample(letters, n, TRUE), simplify = FALSE)
    one <- do.call(paste0, c("CAS", middle, "EQYF"))
    other <- one
    at <- sample(4:11, n, TRUE)
    substr(other, at, at) <- sample(letters, n, TRUE)
    receptors <- c(one, other)
    times <- pmin(1000, floor(stats::runif(2 * n)^-0.75))
    rows <- split(rep(seq_along(receptors), times),
        sample.int(1000, sum(times), TRUE))
    made <- tempfile("many-")
    clustering <- Clustering(method = "components", n_cpus = 2,
        directory = made)
    for (sample in names(rows)) {
        clustering$batch_precluster(
            data.frame(junction_aa = receptors[rows[[sample]]],
                duplicate_count = 1 + rows[[sample]] %% 5), sample
        )
    }
    clustering$batch_cluster_all(identity)
    dir.create(folder, FALSE, TRUE)
    stopifnot(system2("cp", c("-r", made, directory)) == 0)
    unlink(made, recursive = TRUE)
    openClusters(directory)
}

matrix_case <- function(make, against = NULL, as = NULL, runs = NULL) {
    list(
        n = 1e6, threads = 1, processes = TRUE, against = against, as = as,
        runs = runs, prepare = many_clusters, run = function(folder) {
            # Loading packages is not what is measured.
            loadNamespace("SummarizedExperiment")
            x <- many_clusters(folder)
            seconds(make(x))
        }
    )
}

# What an R user would do with the table of clusters.
matrix_by_hand <- function(x) {
    parts <- list()
    eachUnit(x, function(table) {
        pairs <- strsplit(table$sample_counts, ",", fixed = TRUE)
        cluster <- rep(table$cluster, lengths(pairs))
        sample <- as.integer(sub(":.*", "", unlist(pairs)))
        parts[[length(parts) + 1L]] <<- data.table::data.table(cluster, sample)
    }, columns = "sample_counts")
    cells <- data.table::rbindlist(parts)
    Matrix::sparseMatrix(cells$cluster, cells$sample, x = 1,
        dims = c(length(x), nrow(clusterSamples(x))))
}

# The least it can take: the bytes of the clusters once through a checksum.
matrix_bytes <- function(x) {
    files <- list.files(file.path(x@directory, "runs"), "[.]tsv$",
        recursive = TRUE, full.names = TRUE)
    system2("cksum", shQuote(grep("/clusters/", files, value = TRUE)),
        stdout = FALSE)
}

# A made-up matrix, most clusters in few samples; sizes fall off as a power.
sample_matrix <- function(folder, clusters = 1e6, samples = 1000) {
    # For the methods of what readRDS() gives.
    loadNamespace("Matrix")
    file <- file.path(folder, sprintf("sample_matrix_%d.rds", clusters))
    if (file.exists(file)) return(readRDS(file))
    set.seed(1)
    size <- pmin(samples, floor(2 / stats::runif(clusters)^0.9))
    column <- unlist(lapply(size, function(k) sample.int(samples, k)))
    x <- Matrix::sparseMatrix(
        i = rep(seq_len(clusters), size), j = column,
        x = 1 + stats::rpois(length(column), 0.5), dims = c(clusters, samples)
    )
    dir.create(folder, FALSE, TRUE)
    saveRDS(x, file, compress = FALSE)
    x
}

sample_groups <- function(samples = 1000) rep_len(c("no", "yes", "no"), samples)

association_case <- function(test, threads = 2, permutations = 100,
                             against = NULL, clusters = 1e6, runs = 3) {
    list(
        n = clusters, threads = threads, processes = TRUE, runs = runs,
        against = against, as = if (!is.null(against)) "rival",
        prepare = sample_matrix, run = function(folder) {
            x <- sample_matrix(folder)[seq_len(clusters), ]
            covariates <- if (test == "logistic") {
                data.frame(a = sin(1:1000), b = cos(3 * (1:1000)))
            }
            seconds(associateClusters(x, sample_groups(), test,
                covariates = covariates, permutations = permutations,
                n_cpus = threads))
        }
    )
}

# A loop of R's own test over some clusters, as long as over all of them and all
# shuffles: one test does not take longer or shorter for the others.
loop_case <- function(test, permutations = 100, some = 300, clusters = 1e6) {
    list(
        n = clusters, threads = 1, runs = 3, prepare = sample_matrix,
        run = function(folder) {
            rows <- as.matrix(sample_matrix(folder)[seq_len(some), ])
            yes <- sample_groups() == "yes"
            seconds(for (i in seq_len(some)) test(rows[i, ], yes)) *
                clusters / some * (1 + permutations)
        }
    )
}

fisher_of_r <- function(row, yes) {
    stats::fisher.test(table(factor(row > 0, c(FALSE, TRUE)), yes))
}

wilcoxon_of_r <- function(row, yes) {
    stats::wilcox.test(row[yes], row[!yes], exact = FALSE)
}

glm_of_r <- function(row, yes) {
    suppressWarnings(stats::glm(
        yes ~ sin(seq_along(yes)) + cos(3 * seq_along(yes)) + row,
        stats::binomial
    ))
}

cases <- c(cases, list(
    matrix_1m_bytes = matrix_case(matrix_bytes),
    matrix_1m_by_hand = matrix_case(matrix_by_hand, runs = 1),
    matrix_1m = matrix_case(function(x) clusterMatrix(x, as = "matrix"),
        "matrix_1m_by_hand", "rival", runs = 3),
    matrix_1m_experiment = matrix_case(clusterMatrix, "matrix_1m",
        "the matrix alone", runs = 1),
    fisher_1m_loop = loop_case(fisher_of_r),
    fisher_1m = association_case("fisher", against = "fisher_1m_loop"),
    wilcoxon_1m_loop = loop_case(wilcoxon_of_r),
    wilcoxon_1m = association_case("wilcoxon", against = "wilcoxon_1m_loop"),
    logistic_100k_loop = loop_case(glm_of_r, 0, 100, 1e5),
    logistic_100k = association_case("logistic", permutations = 0,
        against = "logistic_100k_loop", clusters = 1e5)
))
