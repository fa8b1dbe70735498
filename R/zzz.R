.onLoad <- function(libname, pkgname) {
    # coro is suggested only; its generic gets our method when it is loaded.
    if (isNamespaceLoaded("coro")) {
        register_coro()
    } else {
        setHook(packageEvent("coro", "onLoad"), function(...) register_coro())
    }
}

# coro::loop(for (clusters in clustering) ...)
register_coro <- function() {
    registerS3method("as_iterator", "Clustering", cluster_iterator,
        envir = asNamespace("coro"))
}
