using LeakGallery.Hosting;

namespace Imaging.Scratch;

/// <summary>Deletes its file when nobody needs it any more; the share is slow, and locked while a backup runs.</summary>
internal sealed class ScratchFile(byte[] header)
{
    private static readonly ManualResetEventSlim BackupEnded = new(false);

    ~ScratchFile()
    {
        BackupEnded.Wait();
        header.AsSpan().Clear();
    }
}

internal sealed class Converter : IProgram
{
    public int RequestsPerSecond => 2500;

    public void Serve(int number) => Convert(); // allocates

    private static ScratchFile Convert() => new(new byte[1600]); // allocates
}
