test_that("clusters are tested by their least likely member", {
    spec <- whole_model(8)
    model <- recombinationModel(write_model(spec))
    data <- unique(generateable(spec, 60))
    clusters <- Clustering(method = "components", v_gene = "gene",
        j_gene = "gene")$fit(data)
    found <- enrichment(clusters, model, data, q = 2)
    members <- as.data.frame(clusters)
    members <- unique(data.frame(junction_aa = members$junction_aa,
        v_call = sub("[*].*", "", members$v_call),
        j_call = sub("[*].*", "", members$j_call), cluster = members$cluster))
    expect_setequal(found$cluster, members$cluster)
    class <- unique(data.frame(junction_aa = data$junction_aa,
        v = sub("[*].*", "", data$v_call), j = sub("[*].*", "", data$j_call)))
    n <- table(paste(class$v, class$j))[paste(members$v_call, members$j_call)]
    lambda <- 2 * as.vector(n) * ball_given_genes(spec, members$junction_aa,
        members$v_call, members$j_call)
    near <- vapply(seq_len(nrow(members)), function(i) {
        same <- members$cluster == members$cluster[i] &
            members$v_call == members$v_call[i] &
            members$j_call == members$j_call[i]
        sum(members$junction_aa[same] %in%
            setdiff(variants(members$junction_aa[i]),
                members$junction_aa[i]))
    }, 0)
    p <- stats::ppois(near - 1, lambda, lower.tail = FALSE)
    at <- match(members$cluster, found$cluster)
    size <- as.vector(table(at))
    expect_equal(found$size, size)
    expect_equal(found$p_value, pmin(1, size * as.vector(tapply(p, at, min))))
    expect_equal(found$links, as.vector(tapply(near, at, sum)) / 2)
    expect_equal(found$expected_links, as.vector(tapply(lambda, at, sum)) / 2)
    expect_equal(found$q_value, stats::p.adjust(found$p_value, "BH"))
    expect_identical(found, enrichment(clusters, model, data, q = 2,
        n_cpus = 3))
})

test_that("wrong arguments are told", {
    model <- recombinationModel(made_up_model())
    data <- generateReceptors(3000, model)
    clusters <- Clustering(method = "components", v_gene = "gene",
        j_gene = "gene")$fit(data)
    expect_identical(nrow(enrichment(data.frame(cluster = integer(),
        junction_aa = character()), model, data)), 0L)
    bad <- function(..., says) {
        expect_error(enrichment(clusters, ...), says,
            class = "clustcr_error_invalid_argument")
    }
    bad("shuffle", data, says = "^`background` must be a model")
    bad(model, data, q = "fit", says = "^`q` must be a number here")
    bad(model, data[0, ], says = "^`data` must have all receptors")
})
