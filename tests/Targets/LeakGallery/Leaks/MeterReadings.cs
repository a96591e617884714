using LeakGallery.Hosting;

namespace Energy.Metering;

internal sealed class Reading(DateTime at, double kilowattHours, string unit)
{
    public DateTime At => at;

    public double KilowattHours => kilowattHours;

    public string Unit => unit;
}

/// <summary>By region, then by meter.</summary>
internal sealed class MeterReadings : IProgram
{
    private static readonly Dictionary<string, Dictionary<int, List<Reading>>> ByRegion = [];

    private readonly string[] _regions = ["north", "east", "south", "west"];

    public int RequestsPerSecond => 60000;

    public void Serve(int number) => Store(_regions[number % 4], number % 97, number); // allocates

    private static void Store(string region, int meter, int number)
    {
        if (!ByRegion.TryGetValue(region, out var meters))
        {
            ByRegion[region] = meters = [];
        }

        if (!meters.TryGetValue(meter, out var readings))
        {
            meters[meter] = readings = [];
        }

        readings.Add(new Reading(DateTime.UnixEpoch.AddSeconds(number), number * 0.25, "kWh")); // allocates
    }
}
