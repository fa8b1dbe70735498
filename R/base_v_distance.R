# Distances of V genes as the core has them, one text; NULL without.
check_v_distance <- function(value) {
    if (identical(value, "")) return(NULL)
    # Of a store, or of another object.
    if (is.character(value) && length(value) == 1L && !is.na(value)) {
        return(cpp_gene_distances_again(value))
    }
    if (inherits(value, "dist") || is.data.frame(value)) {
        value <- as.matrix(value)
    }
    genes <- rownames(value)
    if (!is.matrix(value) || !is.numeric(value) || is.null(genes) ||
        !setequal(genes, colnames(value)) || anyDuplicated(genes) ||
        anyNA(genes) || !all(nzchar(genes))) {
        bad_argument("`v_distance` must be a matrix of numbers with a row and ",
            "a column for each V gene, named alike, not ", given(value))
    }
    value <- value[, genes, drop = FALSE]
    wrong <- which(is.na(value) | value < 0 | value != floor(value) |
        value > 1e6, arr.ind = TRUE)
    if (nrow(wrong)) {
        bad_argument("`v_distance` must be whole numbers from 0 to a million; ",
            "that of ", genes[wrong[1L, 1L]], " and ", genes[wrong[1L, 2L]],
            " is ", given(value[wrong[1L, 1L], wrong[1L, 2L]]))
    }
    cpp_gene_distances_text(genes, as.integer(t(value)))
}

genes_of_distances <- function(v_distance) {
    strsplit(sub(";.*", "", v_distance), " ", fixed = TRUE)[[1L]]
}

# The table and the level at which V genes are compared.
check_v_distance_level <- function(v_distance, v_gene) {
    if (!length(v_distance)) return(invisible())
    if (v_gene == "none") {
        bad_argument("`v_gene` must be \"gene\" or another level with ",
            "`v_distance`, not \"none\"")
    }
    alleles <- grep("*", genes_of_distances(v_distance), fixed = TRUE,
        value = TRUE)
    if (v_gene != "allele" && length(alleles)) {
        bad_argument("`v_distance` must name V genes without alleles with ",
            "`v_gene = \"", v_gene, "\"`, not ", given(alleles[1L]))
    }
}
