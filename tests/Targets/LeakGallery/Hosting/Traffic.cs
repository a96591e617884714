using System.Diagnostics;

namespace LeakGallery.Hosting;

/// <summary>Requests at a steady rate, counted against the clock so that it holds on a busy machine; what is late by more than a second is dropped.</summary>
internal sealed class Traffic(IProgram program, CancellationToken ending)
{
    private const int WarmUpMilliseconds = 700;

    public ManualResetEvent IsWarm { get; } = new(false);

    public void Start() => new Thread(Run) { IsBackground = true, Name = "requests" }.Start();

    private void Run()
    {
        var clock = Stopwatch.StartNew();
        var served = 0;
        var dropped = 0L;
        while (!ending.WaitHandle.WaitOne(15))
        {
            var due = (clock.ElapsedMilliseconds * program.RequestsPerSecond / 1000) - dropped;
            var late = due - served - program.RequestsPerSecond;
            dropped += Math.Max(0, late);
            due -= Math.Max(0, late);
            while (served < due)
            {
                program.Serve(served++);
            }

            if (clock.ElapsedMilliseconds > WarmUpMilliseconds)
            {
                IsWarm.Set();
            }
        }
    }
}
