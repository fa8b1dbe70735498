test_that("features are a row each, with what they are or how to get them", {
    features <- clustcrFeatures()
    expect_named(features, c("feature", "available", "detail"))
    expect_identical(features$feature, c("faiss", "openmp", "simd", "gzip",
        "bzip2", "xz", "zstd", "zip", "arrow", "nanoparquet"))
    expect_type(features$available, "logical")
    expect_false(anyNA(features))
    expect_true(all(nzchar(features$detail)))
    row <- split(features, features$feature)
    expect_identical(row$faiss$available, has_faiss())
    expect_match(row$faiss$detail,
        if (has_faiss()) "^[0-9]+[.][0-9]+[.][0-9]+$" else "install Faiss")
    expect_true(row$simd$detail %in% c("baseline", "avx2", "avx512"))
    expect_identical(row$xz$available, nzchar(Sys.which("xz")[[1L]]))
    for (package in c("arrow", "nanoparquet")) {
        expect_identical(row[[package]]$available, has_package(package))
    }
})

test_that("what is not there is told", {
    local_binding("has_package", function(name) FALSE)
    local_binding("cpp_features", function() {
        list(faiss = "", openmp = FALSE, kernels = "baseline", zlib = FALSE)
    })
    withr::local_envvar(PATH = "")
    features <- clustcrFeatures()
    expect_false(any(features$available))
    expect_match(features$detail[features$feature == "zstd"], "`zstd`")
    expect_match(features$detail[features$feature == "arrow"],
        "install.packages(\"arrow\")", fixed = TRUE)
})

# One door: all of the ways to k-means.
test_that("without Faiss k-means is an error that says how to get it", {
    local_binding("cpp_features", function() {
        list(faiss = "", openmp = FALSE, kernels = "baseline", zlib = TRUE)
    })
    sample <- c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSPGQGYEQYF")
    refused <- function(call, method) {
        found <- expect_error(call, class = "clustcr_error_no_faiss")
        expect_match(conditionMessage(found), paste0("`method` can't be \"",
            method, "\""), fixed = TRUE)
        expect_match(conditionMessage(found), "install Faiss")
        expect_match(conditionMessage(found), "\"mcl\"", fixed = TRUE)
    }
    for (method in c("two-step", "faiss")) {
        refused(Clustering(method = method)$fit(sample), method)
        refused(Clustering(method = method, faiss_training_data = sample),
            method)
        refused(Clustering(method = method)$batch_precluster(sample), method)
    }
    folder <- file.path(withr::local_tempdir(), "run")
    refused(clusterRepertoires(cohort_folder(), directory = folder,
        method = "two-step"), "two-step")
    expect_false(dir.exists(folder))
    # All else is as it was.
    clusters <- Clustering(method = "mcl")$fit(sample)
    expect_identical(length(clusters), 1L)
    expect_identical(dim(encodeCdr3(sample, 16)), c(3L, 64L))
})

test_that("a store with centroids needs no Faiss", {
    skip_without_faiss()
    folder <- file.path(withr::local_tempdir(), "store")
    receptors <- random_cdr3(400, 1)
    run <- Clustering(faiss_training_data = receptors, directory = folder,
        fitting_data_size = 400, faiss_cluster_size = 100)
    run$batch_precluster(receptors[1:200], name = "a")
    local_binding("cpp_features", function() list(faiss = ""))
    again <- Clustering(directory = folder)
    again$batch_precluster(receptors[201:400], name = "b")
    expect_gt(nrow(all_batches(again)), 0)
})
