using LeakGallery.Hosting;

namespace Wiki.Pages;

internal sealed class Revision(Revision? previous, string author, byte[] change)
{
    public Revision? Previous => previous;

    public string Author => author;

    public int Size => change.Length;
}

/// <summary>Each revision knows the one before it.</summary>
internal sealed class Page : IProgram
{
    private static Revision _latest = new(null, "founder", []);

    public int RequestsPerSecond => 8000;

    public void Serve(int number) => Save("author"); // allocates

    private static void Save(string author) => _latest = new Revision(_latest, author, new byte[400]); // allocates
}
