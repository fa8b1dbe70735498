# The table of parameters against what is written elsewhere: signatures, the
# core, and what a directory holds to.

defaults_of <- function(fun) {
    own <- formals(fun)
    needed <- vapply(own, function(x) is.name(x) && !nzchar(x), NA)
    lapply(own[!needed], eval, baseenv())
}
signature_of <- function(...) {
    names <- clustcr:::parameters_of(...)
    clustcr:::parameter_defaults(names)
}

test_that("Clustering() has the parameters of the table, with its defaults", {
    own <- defaults_of(args(Clustering))
    table <- signature_of(level = c("store", "run", "session", "training"))
    expect_setequal(names(own), names(table))
    expect_equal(own[names(table)], table)
})

test_that("clusterRepertoires() has those that it takes", {
    own <- defaults_of(clusterRepertoires)
    table <- signature_of(cohort = TRUE)
    # The one call is on the whole graph, within V genes.
    other <- c("method", "v_gene", "mcl_params")
    expect_identical(setdiff(names(table), names(own)), "mcl_params")
    same <- setdiff(names(table), other)
    expect_equal(own[same], table[same])
    expect_identical(own$method, "mcl")
    expect_identical(c(own$inflation, own$expansion), c(1.5, 2))
    expect_identical(own$v_gene, "gene")
    expect_equal(own[c("n_cpus", "memory_limit")],
        clustcr:::parameter_defaults(c("n_cpus", "memory_limit")))
})

test_that("the readers have those of reading", {
    table <- signature_of(level = "reading")
    expect_equal(defaults_of(readRepertoire)[names(table)], table)
    options <- setdiff(names(table), "format")
    expect_equal(defaults_of(clustcr:::reading_options)[options],
        table[options])
})

test_that("neighborGraph() has those of the rule", {
    table <- signature_of(rule = TRUE)
    expect_setequal(names(table), c("distance", "max_distance", "v_gene",
        "j_gene", "missing_genes", "ambiguous_genes", "v_distance"))
    expect_equal(defaults_of(neighborGraph)[names(table)], table)
})

test_that("each default passes its own check", {
    checked <- clustcr:::parameters_of(level = c("store", "run", "session"))
    for (name in checked) {
        default <- clustcr:::parameter_defaults(name)[[1L]]
        expect_equal(clustcr:::check_parameter(name, default), default)
    }
})

test_that("a store keeps what the table says, and comes back with it", {
    directory <- withr::local_tempdir()
    made <- Clustering(method = "components", j_gene = "family", seed = 7,
        max_distance = 15, missing_genes = "none", invalid = "error",
        ambiguous_genes = "any", directory = directory, distance = "tcrdist",
        v_distance = matrix(c(0, 3, 3, 0), 2, dimnames = rep(list(
            c("TRBV1", "TRBV2")), 2)), v_gene = "gene", weighted = TRUE)
    made$batch_precluster("CASSLGQAYEQYF", "one")
    # Only "two-step" has preclusters to divide by.
    kept <- setdiff(clustcr:::stored_parameters, "divide")
    store <- clustcr:::cpp_store_open(directory, TRUE)
    about <- clustcr:::cpp_store_describe(store)
    expect_identical(names(about$parameters), kept)
    again <- Clustering(directory = directory)
    for (name in kept) expect_equal(again[[name]], made[[name]])
    # Stores of before do not know of it, nor do those that do not use it.
    plain <- Clustering(method = "components")
    plain$batch_precluster("CASSLGQAYEQYF", "one")
    store <- clustcr:::cpp_store_open(plain$directory, TRUE)
    about <- clustcr:::cpp_store_describe(store)
    expect_identical(names(about$parameters), setdiff(kept,
        c("ambiguous_genes", "v_distance", "weighted")))
    expect_identical(Clustering(directory = plain$directory)$ambiguous_genes,
        "same")
})

test_that("what a new object on a store does not say is the store's", {
    directory <- withr::local_tempdir()
    rows <- data.frame(junction_aa = random_cdr3(500, 3), v_call = "TRBV9")
    made <- Clustering(method = "mcl", distance = "tcrdist", max_distance = 21,
        weighted = TRUE, directory = directory)
    made$batch_precluster(rows)
    again <- Clustering(directory = directory)
    expect_identical(again$batch_cluster(), made$batch_cluster())
    expect_identical(Clustering(directory = directory, weighted = FALSE)$
        weighted, FALSE)
    found <- Clustering(directory = directory, max_distance = 15)
    expect_identical(c(found$distance, found$max_distance, found$weighted),
        c("tcrdist", "15", "TRUE"))
    table <- matrix(c(0, 6, 6, 0), 2, dimnames = rep(list(c("TRBV9",
        "TRBV28")), 2))
    expect_gt(nchar(Clustering(directory = directory, v_distance = table)$
        v_distance), 0)
    # Of another distance they are none.
    expect_message(found <- Clustering(directory = directory, distance =
        "hamming"), "`max_distance` is 1 now")
    expect_identical(found$weighted, FALSE)
    expect_error(Clustering(directory = directory, distance = "hamming",
        weighted = TRUE), "`weighted` must be left out",
        class = "clustcr_error_invalid_argument")
    said <- testthat::capture_messages(expect_error(made$distance <- "hamming",
        class = "clustcr_error"))
    expect_identical(said, character())
    # `divide`, of preclusters.
    skip_without_faiss()
    other <- withr::local_tempdir()
    Clustering(faiss_training_data = rows$junction_aa, divide = TRUE,
        faiss_cluster_size = 100, directory = other)$batch_precluster(rows)
    expect_true(Clustering(directory = other)$divide)
})
