# The single test of associateClusters(), a phenotype at a time, is the oracle;
# so are published p-values.

# Untyped samples, a phenotype that nobody has, and one with one case only.
random_phenotypes <- function(samples, seed) {
    withr::with_seed(seed, {
        share <- c(0.5, 0.3, 0.1, 0.6, 0.2, 0)
        labels <- vapply(share, function(s) {
            label <- stats::runif(samples) < s
            replace(label, sample(samples, sample(0:5, 1)), NA)
        }, logical(samples))
        labels <- cbind(labels, seq_len(samples) == 1L)
        colnames(labels) <- c("A*01:01", "A*02:01", "B*07:02", "B*08:01",
            "C*01:02", "never", "once")
        labels
    })
}

one_by_one <- function(x, labels, min_samples) {
    tests <- lapply(colnames(labels)[1:5], function(name) {
        label <- labels[, name]
        found <- associateClusters(x[, !is.na(label)], label[!is.na(label)],
            min_samples = min_samples)
        found <- as.data.frame(as.list(found))
        found <- found[!is.na(found$p_value), ]
        cbind(found, phenotype = rep(name, nrow(found)))
    })
    tests <- do.call(rbind, tests)
    tests$q_value <- stats::p.adjust(tests$p_value, "BH")
    tests
}

test_that("many phenotypes are tested as one by one", {
    for (seed in 1:4) {
        x <- random_clusters(300, 30 + 20 * seed, seed)
        labels <- random_phenotypes(ncol(x), seed)
        expect_message(found <- associateClusters(x, labels, alpha = 1,
            min_samples = seed), "2 phenotypes of 7 left out")
        expected <- one_by_one(x, labels, seed)
        expect_identical(nrow(found), nrow(expected))
        at <- match(paste(found$cluster, found$phenotype),
            paste(expected$cluster, expected$phenotype))
        for (column in c("estimate", "conf_low", "conf_high", "p_value",
            "q_value", "n_samples", "n_case", "n_control")) {
            expect_equal(found[[column]], expected[[column]][at],
                tolerance = 1e-10)
        }
        expect_false(is.unsorted(found$p_value))
        about <- attr(found, "summary")$phenotypes
        expect_identical(about$tested[1:5],
            as.numeric(table(expected$phenotype)))
        expect_identical(about$tested[6:7], c(0, 0))
        expect_identical(about$left_out, unname(colSums(is.na(labels))) |>
            as.integer())
    }
})

test_that("rows are of tests that can pass, the smallest first", {
    x <- random_clusters(300, 60, 5)
    labels <- random_phenotypes(60, 5)[, 1:5]
    x[1:5, labels[, 1] %in% TRUE] <- 1
    x[1:5, !labels[, 1] %in% TRUE] <- 0
    all <- associateClusters(x, labels, alpha = 1)
    some <- associateClusters(x, labels)
    about <- attr(some, "summary")
    expect_identical(about$passing, as.numeric(sum(all$q_value <= 0.05)))
    # The smallest p-value that the margins allow, by the published formula.
    typed <- colSums(!is.na(labels))[all$phenotype]
    cases <- colSums(labels, na.rm = TRUE)[all$phenotype]
    least <- mapply(function(n, k, carriers) {
        tables <- max(0, carriers - (n - k)):min(carriers, k)
        p <- stats::dhyper(tables, k, n - k, carriers)
        min(vapply(p[c(1, length(p))], function(q) {
            sum(p[p <= q * (1 + 1e-7)])
        }, 0))
    }, typed, cases, all$n_samples)
    reach <- least <= 0.05 * (about$passing + 1) / nrow(all)
    expect_identical(about$unreachable, as.numeric(sum(!reach)))
    expect_identical(as.list(some)$p_value, all$p_value[reach])
    expect_identical(as.list(some)$q_value, all$q_value[reach])
    few <- associateClusters(x, labels, alpha = 1, max_rows = 50)
    # Those of one p-value are all there or none.
    n <- nrow(few)
    expect_lte(n, 50)
    expect_identical(few$p_value, all$p_value[seq_len(n)])
    expect_gt(all$p_value[n + 1], all$p_value[n])
    expect_identical(nrow(few) + attr(few, "summary")$not_shown,
        as.numeric(nrow(all)))
    expect_output(print(few), "more without a row")
})

test_that("nothing depends on the threads, nor on the order of samples", {
    x <- random_clusters(5000, 25, 6)
    colnames(x) <- sprintf("s%02d", 1:25)
    labels <- random_phenotypes(25, 6)[, 1:5]
    rownames(labels) <- colnames(x)
    one <- associateClusters(x, labels, permutations = 5)
    expect_identical(one, associateClusters(x, labels, permutations = 5,
        n_cpus = 3))
    shuffled <- withr::with_seed(1, sample(25))
    other <- associateClusters(x, labels[shuffled, ])
    columns <- names(other)
    expect_identical(as.list(one)[columns], as.list(other)[columns])
})

test_that("permutations shuffle the samples as wholes", {
    x <- random_clusters(40, 7, 7)
    labels <- cbind(a = rep(c(TRUE, FALSE), c(3, 4)),
        b = c(TRUE, NA, TRUE, TRUE, FALSE, FALSE, FALSE))
    found <- associateClusters(x, labels, permutations = 3000, alpha = 1,
        min_samples = 1)
    # All orders of seven samples, by base R.
    orders <- as.matrix(expand.grid(rep(list(1:7), 7)))
    orders <- orders[apply(orders, 1, function(o) !anyDuplicated(o)), ]
    orders <- orders[withr::with_seed(1, sample(nrow(orders), 400)), ]
    chance <- lapply(seq_len(nrow(orders)), function(i) {
        shuffled <- suppressMessages(associateClusters(x,
            labels[orders[i, ], ], alpha = 1, min_samples = 1))
        shuffled$p_value
    })
    smallest <- vapply(chance, min, 0)
    expect_equal(mean(attr(found, "summary")$permutations$smallest_p),
        mean(smallest), tolerance = 0.1)
    share <- vapply(found$p_value, function(p) {
        mean(vapply(chance, function(c) sum(c <= p * (1 + 1e-9)), 0L)) /
            sum(found$p_value <= p * (1 + 1e-9))
    }, 0)
    expect_equal(found$fdr_permutation, pmin(1, rev(cummin(rev(share)))),
        tolerance = 0.1)
    smallest <- attr(found, "summary")$permutations$smallest_p
    expect_equal(found$p_adjusted, vapply(found$p_value, function(p) {
        (1 + sum(smallest <= p * (1 + 1e-9))) / 3001
    }, 0))
})

test_that("a planted allele is found, and nothing else", {
    x <- random_clusters(400, 200, 8)
    labels <- withr::with_seed(8, matrix(stats::runif(200 * 20) < 0.2, 200,
        dimnames = list(NULL, paste0("allele", 1:20))))
    x[7, ] <- labels[, 3] & withr::with_seed(9, stats::runif(200) < 0.7)
    found <- associateClusters(x, labels, permutations = 50)
    expect_identical(found$cluster[1], 7L)
    expect_identical(found$phenotype[1], "allele3")
    expect_identical(found$p_adjusted[1], 1 / 51)
    expect_gt(found$p_adjusted[2], 0.1)
    expect_identical(attr(found, "summary")$passing, 1)
    expect_lt(mean(attr(found, "summary")$permutations$passing), 1)
})

test_that("the published HLA associations come out, all 7,366 tests", {
    skip_without_shared()
    cohort <- covid_cohort()
    golden <- golden_table("covid_trb_hla.tsv")
    donors <- utils::read.csv(gzfile(shared_path("data", "covid",
        "preprocessed_fmba_metadata_beta.csv.gz")), check.names = FALSE,
        colClasses = "character")
    run <- sub("[.].*", "", donors$run)
    donors <- donors[match(colnames(cohort$x), run), ]
    alleles <- unique(golden[c("locus", "allele")])
    labels <- mapply(function(locus, allele) {
        first <- donors[[paste0(locus, ".1")]]
        second <- donors[[paste0(locus, ".2")]]
        ifelse(nzchar(first), first == allele | second == allele, NA)
    }, alleles$locus, alleles$allele)
    dimnames(labels) <- list(colnames(cohort$x), alleles$allele)
    clonotypes <- cohort$clonotypes
    clusters <- rowsum((cohort$x[clonotypes$cdr3, ] > 0) + 0,
        clonotypes$cluster)
    first <- tapply(clonotypes$cdr3, clonotypes$cluster, function(x) {
        sort(x, method = "radix")[1]
    })
    found <- associateClusters(clusters, labels, min_samples = 10, alpha = 1)
    expect_identical(nrow(found), 7366L)
    at <- match(paste(golden$first_junction_aa, golden$allele),
        paste(first[as.character(found$cluster)], found$phenotype))
    expect_identical(sort(at), 1:7366)
    expect_identical(found$n_case[at], golden$carriers_with_cluster)
    expect_identical(found$n_samples[at], golden$donors_with_cluster)
    about <- attr(found, "summary")$phenotypes
    own <- match(golden$allele, about$phenotype)
    expect_identical(about$n_case[own], golden$carriers)
    expect_identical((about$n_case + about$n_control)[own],
        golden$typed_donors)
    expect_lt(max(abs(found$p_value[at] / golden$fisher_p - 1)), 1e-8)
    expect_lt(max(abs(found$q_value[at] / golden$q_value - 1)), 1e-8)
    passing <- associateClusters(clusters, labels, min_samples = 10)
    expect_identical(attr(passing, "summary")$passing, 3)
    expect_identical(passing$phenotype[1:3],
        c("DRB1*16:01", "DQB1*05:02", "A*02"))
})

test_that("phenotypes are columns of a sheet, too", {
    x <- random_clusters(50, 30, 9)
    labels <- as.data.frame(random_phenotypes(30, 9)[, 1:3])
    names(labels) <- c("first", "second", "third")
    expected <- associateClusters(x, labels)
    expect_identical(expected, associateClusters(x, as.matrix(labels)))
    sheet <- cbind(labels, age = 1:30)
    expect_identical(as.list(expected), as.list(associateClusters(x,
        names(labels), samples = sheet)))
    words <- as.data.frame(lapply(labels, function(l) {
        c("no", "yes")[l + 1L]
    }))
    columns <- names(expected)
    expect_identical(as.list(expected)[columns],
        as.list(associateClusters(x, words))[columns])
    refused <- function(pattern, class, ...) {
        expect_error(associateClusters(x, ...), pattern,
            class = paste0("clustcr_error_", class))
    }
    refused("`case` must be NULL", "invalid_argument", labels, case = "yes")
    refused("`age` must have two levels", "phenotype",
        cbind(labels, age = 1:30))
    refused("no phenotype can be tested", "phenotype",
        data.frame(a = rep(TRUE, 30), b = FALSE))
    refused("more than once", "invalid_argument", cbind(labels, first = TRUE))
    refused("30 samples", "samples", labels[-1, ])
})
