# In how many samples recombination alone puts a receptor:
# man/expectedSharing.Rd.
expectedSharing <- function(x, model, depth = NULL, q = NULL, min_samples = 2,
                            v_gene = "gene", j_gene = "gene", n_cpus = 1) {
    model <- check_model(model)
    rule <- list(v_gene = check_parameter("v_gene", v_gene),
        j_gene = check_parameter("j_gene", j_gene), missing_genes = "none")
    if (!is.null(q)) q <- check_number(q, "q", .Machine$double.eps)
    min_samples <- check_number(min_samples, "min_samples", 1, whole = TRUE)
    threads <- check_threads(n_cpus)
    shared <- shared_receptors(x, rule)
    depth <- sample_depths(depth, shared$samples, shared$counts)
    receptors <- shared$receptors
    receptors$probability <- productive_probability(receptors, model, rule,
        threads)
    known <- is.finite(receptors$probability) & receptors$probability > 0
    if (!all(known)) {
        inform("left_out", "No expectation for ", count_text(sum(!known),
            "receptor"), ": the model does not make them, or lacks the gene")
    }
    some <- receptors[known, , drop = FALSE]
    fitted <- is.null(q)
    if (fitted) q <- fitted_sharing(some$n_samples, some$probability, depth)
    rate <- q * receptors$probability
    rate[!known] <- NA
    receptors$expected <- expected_samples(rate, depth)
    receptors$expected_if_seen <- receptors$expected /
        -expm1(-rate * sum(depth))
    tested <- known & receptors$n_samples >= min_samples
    receptors$p_value <- rep(NA_real_, nrow(receptors))
    receptors$p_value[tested] <- sharing_tail(receptors$n_samples[tested],
        rate[tested], depth)
    # A receptor of fewer samples was looked at all the same.
    receptors$q_value <- adjusted_sharing(receptors$p_value, sum(known))
    receptors <- receptors[setdiff(names(receptors), c("v", "j", "class"))]
    rownames(receptors) <- NULL
    structure(receptors, selection = c(q = q, fitted = fitted), depth = depth)
}

# Distinct receptors with the number of samples they are in, and how many each
# sample has.
shared_receptors <- function(x, rule) {
    x <- plain_frame(x)
    if (!is.data.frame(x)) {
        bad_argument("`x` must be a data.frame of receptors with ",
            "`repertoire_id`, not ", given(x))
    }
    genes <- compared_genes(rule)
    check_columns(x, c("repertoire_id", "junction_aa", paste0(genes,
        rep_len("_call", length(genes)))), "x")
    rows <- sharing_rows(x, genes, rule)
    sample <- id_text(x$repertoire_id)[rows$row]
    if (anyNA(sample)) {
        bad_argument("`repertoire_id` of `x` must not be NA")
    }
    samples <- sort(unique(sample), method = "radix")
    key <- do.call(paste, c(rows[c("junction_aa", genes)], sep = "\t"))
    place <- data.frame(key = match(key, unique(key)),
        sample = match(sample, samples))
    place <- place[!duplicated(place), , drop = FALSE]
    first <- !duplicated(key)
    receptors <- rows[first, c("junction_aa", genes), drop = FALSE]
    for (gene in genes) receptors[[paste0(gene, "_call")]] <- receptors[[gene]]
    receptors$n_samples <- tabulate(place$key, nrow(receptors))
    list(receptors = receptors, samples = samples,
        counts = tabulate(place$sample, length(samples)))
}

# Those with a valid CDR3 and the genes that count.
sharing_rows <- function(x, genes, rule) {
    junction_aa <- as_text_column(x[["junction_aa"]], "junction_aa", "x")
    rows <- data.frame(row = seq_along(junction_aa), junction_aa = junction_aa)
    good <- cpp_sequence_problems(junction_aa, longest_sequence, FALSE) == 0L
    for (gene in genes) {
        column <- paste0(gene, "_call")
        rows[[gene]] <- gene_level(as_text_column(x[[column]], column, "x"),
            rule[[paste0(gene, "_gene")]])
        good <- good & nzchar(rows[[gene]])
    }
    if (!all(good)) {
        inform("left_out", "`x`: ", shown_number(sum(!good)), " of ",
            count_text(length(good), "row"), " left out (no valid sequence",
            if (length(genes)) paste0(" or no ", paste(toupper(genes),
                collapse = " or "), " gene"), ")")
    }
    rows[good, , drop = FALSE]
}

# A number for each of `samples`, in their order.
sample_depths <- function(depth, samples, counts) {
    if (is.null(depth)) depth <- stats::setNames(counts, samples)
    named <- !is.null(names(depth)) && all(samples %in% names(depth))
    if (!is.numeric(depth) || !named || anyDuplicated(names(depth)) ||
        !all(is.finite(depth) & depth > 0)) {
        bad_argument("`depth` must be a number above 0 for each sample, with ",
            "the names of `repertoire_id`; ",
            name_some(setdiff(samples, names(depth)), 3L), " among them")
    }
    depth
}

# Of productive recombinations: the CDR3 with its genes.
productive_probability <- function(receptors, model, rule, threads) {
    n <- nrow(receptors)
    v <- allele_sets(receptors[["v"]], n, model$v$name, rule$v_gene, "v_call")
    j <- allele_sets(receptors[["j"]], n, model$j$name, rule$j_gene, "j_call")
    known <- which(!is.na(v$set) & !is.na(j$set))
    all <- sum(productive_probabilities(model, v$sets[1L], j$sets[1L], 60,
        threads))
    found <- rep(NA_real_, n)
    found[known] <- generation_sums(receptors$junction_aa[known],
        take_sets(v, known), take_sets(j, known), model, FALSE, threads) / all
    found
}

# Of each rate (per receptor of a sample) the mean number of samples. Samples of
# one depth are counted together.
expected_samples <- function(rate, depth) {
    sizes <- table(depth)
    depths <- as.numeric(names(sizes))
    found <- numeric(length(rate))
    for (i in seq_along(depths)) {
        found <- found - as.vector(sizes)[i] * expm1(-rate * depths[i])
    }
    found
}

# The factor with which the mean number of samples, of receptors that are in one
# at all, is what was seen; without receptors that are in far more.
fitted_sharing <- function(n_samples, probability, depth) {
    if (!length(n_samples)) return(1)
    # The mean depends on one number: between points of it there is a curve.
    grid <- seq(-60, 10, length.out = 1400)
    rate <- exp(grid)
    mean_of <- stats::approxfun(grid, expected_samples(rate, depth) /
        -expm1(-rate * sum(depth)), rule = 2)
    usual <- rep(TRUE, length(n_samples))
    q <- 1
    for (round in 1:10) {
        seen <- sum(n_samples[usual])
        excess <- function(log_q) {
            sum(mean_of(log(probability[usual]) + log_q)) - seen
        }
        if (excess(-15) >= 0 || excess(15) <= 0) {
            bad_argument("`q` must be given, for it can't be fitted: ",
                "receptors of `x` are in ", if (excess(-15) >= 0) "too few"
                else "more", " samples (", format(mean(n_samples), digits = 3),
                " on average)", if (excess(15) <= 0) " than any explains")
        }
        q <- exp(stats::uniroot(excess, c(-15, 15), tol = 1e-8)$root)
        p <- sharing_tail(n_samples, q * probability, depth)
        now <- p > 0.001
        if (identical(now, usual) || !any(now)) break
        usual <- now
    }
    q
}

# P(in so many samples or more | in one): the sum over samples that each have it
# or not, of a block of receptors at a time. The last column is "or more", so
# that no small number is the difference of two large ones.
sharing_tail <- function(n_samples, rate, depth) {
    found <- rep(1, length(n_samples))
    many <- which(n_samples > 1)
    many <- many[order(n_samples[many])]
    for (block in split(many, (seq_along(many) - 1) %/% 5000)) {
        most <- max(n_samples[block])
        p <- matrix(0, length(block), most + 1)
        p[, 1] <- 1
        for (n in depth) {
            has <- -expm1(-rate[block] * n)
            ended <- p[, most + 1]
            p <- p * (1 - has) + cbind(0, p[, -(most + 1), drop = FALSE] * has)
            p[, most + 1] <- p[, most + 1] + ended * has
        }
        upward <- p[, rev(seq_len(most + 1)), drop = FALSE]
        for (k in seq_len(most)) {
            upward[, k + 1] <- upward[, k + 1] + upward[, k]
        }
        tail <- upward[cbind(seq_along(block), most + 1 - n_samples[block])]
        found[block] <- tail / -expm1(-rate[block] * sum(depth))
    }
    pmin(found, 1)
}

adjusted_sharing <- function(p_value, n) {
    tested <- !is.na(p_value)
    q_value <- p_value
    q_value[tested] <- stats::p.adjust(p_value[tested], "BH",
        n = max(n, sum(tested)))
    q_value
}
