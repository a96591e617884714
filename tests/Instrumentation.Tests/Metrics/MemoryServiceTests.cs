using HeapDrift.Instrumentation.Metrics;
using HeapDrift.TestKit;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace HeapDrift.Instrumentation.Tests.Metrics;

[Collection(MeterCollection.Name)]
public sealed class MemoryServiceTests
{
    [Fact]
    public async Task MemoryIsReadEveryTenSecondsSoThatGrowthIsKnownAtTheFirstCollection()
    {
        var time = new FakeTimeProvider();
        using var meter = new MemoryMeter(time);
        using Collection collection = Collection.New();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddMeter(TelemetryNames.Source).AddReader(collection).Build();
        using var service = new MemoryService(meter, time);
        await service.StartAsync(TestContext.Current.CancellationToken);

        // A tick that comes before the one before was acted on is lost, hence more than six.
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return meter.Last?.Growth is not null;
            },
            TimeSpan.FromSeconds(60),
            "growth is known");
        await service.StopAsync(TestContext.Current.CancellationToken);

        Assert.Contains(collection.Take(), point => point is { Name: TelemetryNames.Metrics.MemoryGrowth, Unit: "By/s" });
    }
}
