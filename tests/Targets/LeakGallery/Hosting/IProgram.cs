namespace LeakGallery.Hosting;

/// <summary>A small service. It is called from one thread.</summary>
internal interface IProgram
{
    int RequestsPerSecond { get; }

    /// <param name="number">From 0 on, without gaps.</param>
    void Serve(int number);
}
