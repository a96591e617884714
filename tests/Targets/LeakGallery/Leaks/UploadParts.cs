using System.Buffers;
using LeakGallery.Hosting;

namespace Files.Uploads;

internal sealed record UploadPart(int Number, byte[] Content);

internal sealed class UploadService : IProgram
{
    private static readonly Dictionary<int, UploadPart> Unfinished = [];

    public int RequestsPerSecond => 400;

    public void Serve(int number) => Receive(number); // allocates

    private static void Receive(int number)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(9000); // allocates
        buffer[0] = (byte)number;
        Unfinished.Add(number, new UploadPart(number, buffer)); // allocates
    }
}
