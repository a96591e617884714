using System.Threading.Channels;
using LeakGallery.Hosting;

namespace Jobs.Queueing;

internal sealed record Job(int Number, byte[] Input);

/// <summary>Takes more than it can do, and turns the rest away.</summary>
internal sealed class JobQueue : IProgram
{
    private static readonly Channel<Job> Waiting = Channel.CreateBounded<Job>(1500);

    private Task? _worker;

    public int RequestsPerSecond => 4000;

    public int TurnedAway { get; private set; }

    public void Serve(int number)
    {
        _worker ??= Task.Run(WorkAsync);
        if (!Waiting.Writer.TryWrite(new Job(number, new byte[2000])))
        {
            TurnedAway++;
        }
    }

    private static async Task WorkAsync()
    {
        await foreach (var job in Waiting.Reader.ReadAllAsync())
        {
            if (job.Number % 20 == 0)
            {
                await Task.Delay(10);
            }
        }
    }
}
