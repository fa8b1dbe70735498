# How many sequences to train on: man/recommendedTrainingSize.Rd.
recommendedTrainingSize <- function(fitting_data_size,
                                    faiss_cluster_size = 5000) {
    fitting_data_size <- check_number(
        fitting_data_size, "fitting_data_size", 1
    )
    faiss_cluster_size <- check_number(
        faiss_cluster_size, "faiss_cluster_size", 1
    )
    size <- ceiling(1000 * fitting_data_size / faiss_cluster_size)
    size <- min(size, ceiling(fitting_data_size))
    used <- cpp_training_defaults()$max_points_per_centroid *
        centroid_count(fitting_data_size, faiss_cluster_size)
    inform(
        "training_size", "Faiss uses at most ",
        shown_number(min(used, size)),
        " of these ", shown_number(size),
        " sequences (256 for each centroid, drawn by `seed`)."
    )
    size
}

centroid_count <- function(fitting_data_size, faiss_cluster_size) {
    max(1, fitting_data_size %/% faiss_cluster_size)
}

# The centroids, a column for each, of valid sequences.
train_centroids <- function(junction_aa, fitting_data_size,
                            faiss_cluster_size, max_sequence_size, seed,
                            threads, method) {
    check_faiss(method)
    count <- centroid_count(fitting_data_size, faiss_cluster_size)
    if (length(junction_aa) < count) {
        raise_error("invalid_argument", paste0(
            "`faiss_training_data` must have at least as many distinct valid ",
            "sequences as there are centroids (`fitting_data_size` / ",
            "`faiss_cluster_size`): ", format(count, scientific = FALSE),
            " are needed, ", length(junction_aa), " given; about ",
            format(1000 * count, scientific = FALSE), " are recommended"
        ))
    }
    cpp_train(junction_aa, max_sequence_size, count, seed, threads)
}
