# What this build and this machine can do: man/clustcrFeatures.Rd.
clustcrFeatures <- function() {
    built <- cpp_features()
    rows <- rbind(
        feature_row("faiss", nzchar(built$faiss), built$faiss, how_to_faiss),
        feature_row("openmp", built$openmp, "for Faiss",
            "Faiss's k-means uses one thread"),
        feature_row("simd", built$kernels != "baseline", built$kernels,
            "baseline"),
        do.call(rbind, lapply(names(compressions), unpacker_row, built$zlib)),
        do.call(rbind, lapply(c("arrow", "nanoparquet"), package_row))
    )
    rownames(rows) <- NULL
    rows
}

feature_row <- function(feature, available, detail, otherwise) {
    data.frame(feature = feature, available = available,
        detail = if (available) detail else otherwise)
}

unpacker_row <- function(name, zlib) {
    program <- compressions[[name]]$program
    path <- unname(Sys.which(program))
    if (name == "gzip" && zlib) return(feature_row(name, TRUE, "zlib"))
    feature_row(name, nzchar(path), path,
        paste0("the program `", program, "` is not there"))
}

package_row <- function(name) {
    there <- has_package(name)
    feature_row(name, there,
        if (there) format(utils::packageVersion(name)), install_call(name))
}

how_to_faiss <- paste0("install Faiss (Debian: libfaiss-dev and ",
    "libopenblas-dev; macOS: brew install faiss; conda: faiss) and then ",
    "clustcr again, from source")

# Training needs Faiss; centroids that were stored do not.
check_faiss <- function(method) {
    if (nzchar(cpp_features()$faiss)) return(invisible())
    raise_error("no_faiss", paste0("`method` can't be ", given(method),
        " here: its k-means needs Faiss, which this build of clustcr lacks; ",
        how_to_faiss, ". `method = \"mcl\"` needs none"))
}
