test_that("a model's expectation is the sum over all that is near", {
    for (d in c(TRUE, FALSE)) {
        spec <- whole_model(if (d) 8 else 9, d)
        model <- recombinationModel(write_model(spec))
        data <- generateable(spec, 40)
        found <- neighborEnrichment(data, model, min_neighbors = 1)
        v <- sub("[*].*", "", data$v_call)
        j <- sub("[*].*", "", data$j_call)
        n <- as.vector(table(paste(v, j))[paste(v, j)])
        ball <- ball_given_genes(spec, data$junction_aa, v, j)
        expect_equal(found$ball_probability, ball, tolerance = 1e-9)
        expect_equal(found$expected, 9.41 * n * ball, tolerance = 1e-9)
        expect_equal(found$class_size, n)
        tested <- found$neighbors >= 1
        expect_equal(found$p_value[tested], stats::ppois(found$neighbors,
            9.41 * n * ball, lower.tail = FALSE)[tested])
        expect_identical(found, neighborEnrichment(data, model,
            min_neighbors = 1, n_cpus = 3))
    }
})

test_that("day 15 of a vaccination stands out as published, day 0 does not", {
    skip_without_shared()
    model <- recombinationModel(shared_path("data", "olga_human_trb"))
    hits <- function(day, ...) {
        rows <- utils::read.delim(shared_path("data", "alice",
            paste0("S1_", day, "_V9_J2_7.tsv")))
        found <- suppressMessages(neighborEnrichment(data.frame(
            junction_aa = rows$CDR3.amino.acid.sequence,
            v_call = rows$bestVGene, j_call = rows$bestJGene), ...))
        sum(found$q_value < 0.05, na.rm = TRUE)
    }
    expect_identical(hits("d0", model), 0L)
    expect_identical(hits("d15", model), 34L)
    expect_lt(hits("d0", model, q = "fit"), 8)
    expect_gt(hits("d15", model, q = "fit"), 20)
    expect_identical(hits("d0", "shuffle"), 0L)
})

# Their background was drawn from another model of the same locus.
test_that("balls go with those that ALICE has drawn", {
    skip_without_shared()
    model <- recombinationModel(shared_path("data", "olga_human_trb"))
    hits <- utils::read.delim(gzfile(
        shared_path("data", "alice", "Emerson_hits.tsv.gz")
    ))
    hits <- hits[hits$space > 500 &
        !grepl("[*_]", hits$CDR3.amino.acid.sequence), ]
    hits <- hits[seq(1, nrow(hits), 10), ]
    v <- allele_sets(hits$bestVGene, nrow(hits), model$v$name, "gene", "v")
    j <- allele_sets(hits$bestJGene, nrow(hits), model$j$name, "gene", "j")
    made <- made_of_pairs(hits$CDR3.amino.acid.sequence, v, j, model, 2)
    ball <- generationProbability(hits$CDR3.amino.acid.sequence,
        hits$bestVGene, hits$bestJGene, model, distance = 1) / made$productive
    there <- !is.na(ball)
    expect_gt(sum(there), 500)
    expect_gt(stats::cor(log(ball[there]), log(hits$space_n[there])), 0.9)
    middle <- stats::median(ball[there] / hits$space_n[there])
    expect_gt(middle, 0.7)
    expect_lt(middle, 2)
})

test_that("a fitted selection is what it says", {
    spec <- whole_model(8)
    model <- recombinationModel(write_model(spec))
    data <- generateable(spec, 300)
    found <- neighborEnrichment(data, model, q = "fit", min_neighbors = 1)
    one <- neighborEnrichment(data, model, q = 1, min_neighbors = 1)
    v <- sub("[*].*", "", data$v_call)
    j <- sub("[*].*", "", data$j_call)
    events <- productive_events(spec)
    length <- nchar(data$junction_aa)
    by_length <- vapply(seq_along(v), function(i) {
        same <- v == v[i] & j == j[i]
        made <- events$v_gene == v[i] & events$j_gene == j[i]
        mean(length[same] == length[i]) /
            (sum(events$p[made & nchar(events$aa) == length[i]]) /
                sum(events$p[made]))
    }, 0)
    scale <- found$selection / by_length
    class <- paste(v, j)
    expect_lt(max(tapply(scale, class, function(x) max(x) / min(x) - 1)), 1e-8)
    # What is drawn from the model is as the model says.
    expect_lt(abs(log(sum(found$expected) / sum(found$neighbors))), 0.3)
    expect_equal(one$expected * found$selection, found$expected)
})

test_that("shuffling is every crossover of two others", {
    data <- withr::with_seed(3, data.frame(
        junction_aa = vapply(1:60, function(i) {
            paste(c("C", sample(c("A", "S", "G"), 4 + i %% 2, TRUE), "F"),
                collapse = "")
        }, ""), v_call = sample(c("TRBV9", "TRBV2"), 60, TRUE),
        j_call = "TRBJ2-7", np1_length = sample(0:1, 60, TRUE)))
    found <- neighborEnrichment(data, "shuffle")
    group <- paste(data$v_call, nchar(data$junction_aa), data$np1_length)
    for (i in c(1, 17, 42)) {
        x <- data$junction_aa[i]
        others <- setdiff(which(group == group[i]), i)
        cut <- nchar(x) %/% 2
        pairs <- expand.grid(a = others, b = others)
        pairs <- pairs[pairs$a != pairs$b, ]
        made <- paste0(substr(data$junction_aa[pairs$a], 1, cut),
            substring(data$junction_aa[pairs$b], cut + 1))
        share <- mean(made %in% variants(x))
        expect_equal(found$ball_probability[i], share)
        expect_equal(found$expected[i], length(others) * share)
        expect_equal(found$shuffled[i], length(others) + 1)
    }
    few <- neighborEnrichment(data[1:2, ], "shuffle")
    expect_true(all(is.na(few$expected)))
})

test_that("what nulls can't do is told", {
    model <- recombinationModel(made_up_model())
    data <- generateReceptors(50, model)
    bad <- function(..., says) {
        expect_error(neighborEnrichment(...), says,
            class = "clustcr_error_invalid_argument")
    }
    bad(data, model, max_distance = 2, says = "^`distance` must be \"hamming\"")
    bad(data, "shuffle", distance = "levenshtein", says = "^`distance` must")
    bad(data, data, q = "fit", says = "^`q` can be \"fit\" only")
    bad(data, model, q = 0, says = "^`q` must be a number")
    pairs <- data.frame(junction_aa_alpha = "CAVF", junction_aa_beta = "CASF",
        v_call_alpha = "TRAV1", v_call_beta = "TRBV9", j_call_alpha = "TRAJ1",
        j_call_beta = "TRBJ2-7")
    bad(pairs, model, says = "^`background` must be receptors for pairs")
    data$v_call[1:3] <- "TRBV88"
    expect_message(found <- neighborEnrichment(data, model),
        "3 receptors of genes that the model does not have: \"TRBV88\"")
    expect_identical(which(is.na(found$expected)), 1:3)
})
