using System.Threading.Channels;
using LeakGallery.Hosting;

namespace Weather.Stations;

internal sealed record Measurement(int Station, double[] Values);

internal static class MeasurementPipe
{
    private static readonly Channel<Measurement> Incoming = Channel.CreateUnbounded<Measurement>();

    public static void Enqueue(int station)
    {
        var measurement = new Measurement(station, new double[80]); // allocates
        Incoming.Writer.TryWrite(measurement);
    }
}

internal sealed class StationServer : IProgram
{
    public int RequestsPerSecond => 6000;

    public void Serve(int number) => MeasurementPipe.Enqueue(number % 50); // allocates
}
