namespace LeakGallery.Hosting;

/// <summary>The services by the names under which they are started.</summary>
internal static class Catalogue
{
    private static readonly Dictionary<string, Func<IProgram>> Programs = new(StringComparer.Ordinal)
    {
        ["checkout"] = () => new Shop.Checkout.CheckoutService(),
        ["ledger"] = () => new Bank.Accounts.Ledger(),
        ["quotes"] = () => new Insurance.Quotes.QuoteDesk(),
        ["mail"] = () => new Mail.Inbound.MailReceiver(),
        ["editor"] = () => new Documents.Editing.Editor(),
        ["metering"] = () => new Energy.Metering.MeterReadings(),
        ["trading"] = () => new Trading.Market.TradingDesk(),
        ["kitchen"] = () => new Restaurant.Kitchen.DisplayController(),
        ["parcels"] = () => new Parcels.Tracking.ShipmentTracker(),
        ["queries"] = () => new Reporting.Queries.QueryRunner(),
        ["features"] = () => new Portal.Features.FeatureMiddleware(),
        ["devices"] = () => new Factory.Devices.DeviceGateway(),
        ["blog"] = () => new Blog.Rendering.PageRenderer(),
        ["warehouse"] = () => new Warehouse.Storage.StockController(),
        ["travel"] = () => new Travel.Partners.BookingService(),
        ["annotations"] = () => new Saas.Tenants.AnnotationApi(),
        ["tracing"] = () => new Telemetry.Tracing.TracedService(),
        ["scopes"] = () => new Logging.Scopes.MessagePump(),
        ["claims"] = () => new Claims.Plugins.PluginHost(),
        ["imaging"] = () => new Imaging.Scratch.Converter(),
        ["cameras"] = () => new Vision.Cameras.CameraService(),
        ["jukebox"] = () => new Audio.Playback.Jukebox(),
        ["uploads"] = () => new Files.Uploads.UploadService(),
        ["rpc"] = () => new Rpc.Client.RpcChannel(),
        ["reservations"] = () => new Restaurant.Reservations.Waiter(),
        ["tiles"] = () => new Maps.Tiles.TileDecoder(),
        ["weather"] = () => new Weather.Stations.StationServer(),
        ["logs"] = () => new Operations.Logs.LogShipper(),
        ["calendar"] = () => new Calendar.Reminders.ReminderService(),
        ["search"] = () => new Search.Indexing.Indexer(),
        ["chat"] = () => new Support.Chat.ChatRoom(),
        ["thumbnails"] = () => new Gallery.Thumbnails.PhotoService(),
        ["wiki"] = () => new Wiki.Pages.Page(),
        ["exchange"] = () => new Exchange.History.TickHistory(),
        ["products"] = () => new Store.Products.ProductCache(),
        ["imports"] = () => new Imports.Batches.ImportBatches(),
        ["routing"] = () => new Gateway.Routing.RoutingConfiguration(),
        ["resizing"] = () => new Media.Resizing.ImageResizer(),
        ["streaming"] = () => new Streaming.Chunks.VideoChunks(),
        ["crm"] = () => new Crm.Start.StartUp(),
        ["jobs"] = () => new Jobs.Queueing.JobQueue(),
        ["translation"] = () => new Translation.Caching.TranslationCache(),
        ["proxy"] = () => new Proxy.Forwarding.SlowBackend(),
        ["tickets"] = () => new Tickets.Sale.TicketSale(),
        ["monitoring"] = () => new Monitoring.Recent.RecentRequests(),
        ["presence"] = () => new Social.Presence.Presence(),
        ["avatars"] = () => new Social.Avatars.AvatarCache(),
        ["printing"] = () => new Printing.Fonts.NativeFonts(),
    };

    public static IEnumerable<string> Names => Programs.Keys;

    public static IProgram? Create(string name) => Programs.GetValueOrDefault(name)?.Invoke();
}
