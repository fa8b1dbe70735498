centroids_of <- function(junction_aa, ...) {
    Clustering(
        faiss_training_data = junction_aa, faiss_cluster_size = 40, ...
    )$centroids
}

test_that("the recommended size is 1000 sequences a centroid", {
    recommended <- function(...) {
        suppressMessages(recommendedTrainingSize(...))
    }
    expect_identical(recommended(1e6), 200000)
    expect_identical(recommended(1e8, 20000), 5e6)
    # Never more than there are, and whole.
    expect_identical(recommended(1e6, 500), 1e6)
    expect_identical(recommended(7, 5000), 2)
    expect_identical(recommended(1), 1)
    for (size in c(1, 999, 12345, 1e6 + 1)) {
        for (cluster in c(1, 7, 5000, 1e9)) {
            found <- recommended(size, cluster)
            expect_lte(found, size)
            expect_identical(
                found, min(size, ceiling(1000 * size / cluster))
            )
        }
    }
})

test_that("a message says how many sequences Faiss will use", {
    expect_message(
        recommendedTrainingSize(1e6), "at most 51,200 of these 200,000",
        class = "clustcr_message_training_size"
    )
})

test_that("sizes must be 1 or more", {
    for (bad in list(0, -5, NA, Inf, "10", NULL, c(1, 2))) {
        expect_error(
            recommendedTrainingSize(bad), "`fitting_data_size` must be",
            class = "clustcr_error_invalid_argument"
        )
        expect_error(
            recommendedTrainingSize(10, bad), "`faiss_cluster_size` must be",
            class = "clustcr_error_invalid_argument"
        )
    }
})

test_that("there is a column for each centroid", {
    junction_aa <- random_cdr3(400, 61)
    found <- centroids_of(junction_aa, max_sequence_size = 20)
    expect_identical(dim(found), c(80L, 10L))
    expect_true(all(is.finite(found)))
    found <- centroids_of(junction_aa, fitting_data_size = 39)
    expect_identical(dim(found), c(4L * max(nchar(junction_aa)), 1L))
})

test_that("a lone centroid is the mean of the profiles", {
    junction_aa <- random_cdr3(100, 62)
    found <- centroids_of(junction_aa, fitting_data_size = 1)
    profiles <- encodeCdr3(junction_aa, max(nchar(junction_aa)))
    expect_lt(max(abs(found - colMeans(profiles))), 1e-5)
})

test_that("centroids are the means of what is nearest to them", {
    junction_aa <- random_cdr3(300, 63)
    found <- centroids_of(junction_aa, fitting_data_size = 200)
    profiles <- encodeCdr3(junction_aa, max(nchar(junction_aa)))
    distance <- apply(found, 2, function(x) colSums((t(profiles) - x)^2))
    nearest <- max.col(-distance)
    means <- vapply(1:5, function(i) {
        colMeans(profiles[nearest == i, , drop = FALSE])
    }, numeric(nrow(found)))
    expect_lt(max(abs(found - means)), 1e-4)
})

test_that("the same seed gives the same centroids on any threads", {
    junction_aa <- random_cdr3(6000, 65)
    # Five centroids of 256 draw from the sample, too.
    for (size in c(6000, 200)) {
        expected <- centroids_of(junction_aa, fitting_data_size = size)
        for (threads in c(1, 2, 4)) {
            expect_identical(
                centroids_of(
                    junction_aa, fitting_data_size = size, n_cpus = threads
                ), expected
            )
        }
    }
})

test_that("another seed gives other centroids", {
    junction_aa <- random_cdr3(1000, 66)
    expect_false(identical(
        centroids_of(junction_aa, seed = 1), centroids_of(junction_aa, seed = 2)
    ))
})

test_that("training leaves R's random numbers alone", {
    junction_aa <- random_cdr3(200, 67)
    set.seed(1)
    before <- .Random.seed
    centroids_of(junction_aa)
    expect_identical(.Random.seed, before)
})

test_that("too few sequences are an error that names the numbers", {
    expect_error(
        centroids_of(random_cdr3(9, 68), fitting_data_size = 400),
        "10 are needed, 9 given; about 10000 are recommended",
        class = "clustcr_error_invalid_argument"
    )
    expect_error(
        centroids_of(character()), "1 are needed, 0 given",
        class = "clustcr_error_invalid_argument"
    )
})

test_that("repeated sequences count once towards the fewest", {
    expect_error(
        centroids_of(rep(random_cdr3(9, 69), 50), fitting_data_size = 400),
        "10 are needed, 9 given", class = "clustcr_error_invalid_argument"
    )
})
