# Describe clusters in numbers: man/clusterFeatures.Rd.
clusterFeatures <- function(x, by_position = FALSE) {
    check_flag(by_position, "by_position")
    by_cluster(as_clusters(x), feature_rows, character(),
        by_position = by_position)
}

feature_rows <- function(rows, by_position) {
    names <- unique(rows$cluster)
    n <- length(names)
    own <- match(rows$cluster, names)
    once <- first_rows(own, rows$junction_aa)
    own <- own[once]
    members <- rows$junction_aa[once]
    found <- data.frame(cluster = names, size = tabulate(own, n))
    if (!any(grepl(chain_separator, members, fixed = TRUE))) {
        return(cbind(found, chain_features(members, own, n, by_position)))
    }
    chains <- split_chains(members)
    for (i in 1:2) {
        features <- chain_features(chains[[i]], own, n, by_position)
        names(features) <- paste0(names(features), "_",
            sides_of_pairs(rows)[i])
        found <- cbind(found, features)
    }
    found
}

chain_features <- function(members, own, n, by_position) {
    profile <- cluster_profiles(members, own, n, distinct = FALSE)
    entropy <- position_entropy(profile)
    inner <- profile$position > 1L &
        profile$position < profile$length[profile$cluster]
    of <- factor(profile$cluster[inner], seq_len(n))
    mean <- as.numeric(tapply(entropy[inner], of, mean))
    found <- data.frame(
        length = profile$length, entropy = mean,
        entropy_corrected = mean + entropy_lack(profile$members)
    )
    found <- cbind(found, property_features(members, own, n))
    if (by_position) {
        at <- matrix(NA_real_, n, max(profile$length, 0L))
        at[cbind(profile$cluster, profile$position)] <- entropy
        colnames(at) <- sprintf("entropy_%d", seq_len(ncol(at)))
        found <- cbind(found, as.data.frame(at))
    }
    found
}

# Shannon's, in bits, of each column. Letters that are no residues do not
# count.
position_entropy <- function(profile) {
    counts <- profile$counts[1:20, , drop = FALSE]
    total <- colSums(counts)
    # A residue at a time, so that no second matrix of this size is made.
    entropy <- numeric(ncol(counts))
    for (residue in 1:20) {
        share <- counts[residue, ] / total
        there <- counts[residue, ] > 0
        entropy[there] <- entropy[there] - share[there] * log2(share[there])
    }
    entropy
}

# By how much the entropy of `n` residues is too small, in bits.
entropy_lack <- function(n) 19 / (2 * log(2) * n)

# Mean and variance over the members of their mean property.
property_features <- function(members, own, n) {
    of_residue <- cpp_encode(residue_letters, 1)
    lengths <- nchar(members, "bytes")
    of_byte <- rep(NA_integer_, 256L)
    of_byte[utf8ToInt(paste(residue_letters, collapse = ""))] <- 1:20
    code <- of_byte[as.integer(charToRaw(paste(members, collapse = "")))]
    member <- rep(seq_along(members), lengths)[!is.na(code)]
    code <- code[!is.na(code)]
    size <- tabulate(own, n)
    found <- list()
    for (i in 1:4) {
        value <- rep(NA_real_, length(members))
        sums <- rowsum(of_residue[code, i], member, reorder = FALSE)
        value[unique(member)] <- sums / tabulate(match(member, unique(member)))
        group <- factor(own, seq_len(n))
        mean <- as.vector(rowsum(value, group)) / size
        squares <- as.vector(rowsum((value - mean[own])^2, group))
        property <- c("mutation_stability", "z1", "z2", "z3")[i]
        found[[paste0(property, "_mean")]] <- mean
        found[[paste0(property, "_var")]] <- replace(squares / (size - 1),
            size == 1, NA)
    }
    as.data.frame(found)
}
